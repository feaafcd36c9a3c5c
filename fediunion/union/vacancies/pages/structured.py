"""Vacancies for machines: the JobPosting that job search engines read, and the one that programs get."""

from typing import Final

from fediunion.activitypub.vocab import JsonObject
from fediunion.kit.html import escape
from fediunion.union.vacancies.models import ENDED_STATES, OPEN_STATES, Vacancy
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.posting import CONTEXT, posting_of
from fediunion.union.vacancies.terms.closing import in_zone
from fediunion.union.vacancies.terms.contract import ContractType, EmploymentType
from fediunion.union.vacancies.wording import page_url

_EMPLOYMENT: Final = {
    ContractType.CONSULTANCY: EmploymentType.CONTRACTOR,
    ContractType.INDIVIDUAL_CONTRACTOR: EmploymentType.CONTRACTOR,
    ContractType.INTERNSHIP: EmploymentType.INTERN,
    ContractType.UNV: EmploymentType.VOLUNTEER,
    ContractType.TEMPORARY: EmploymentType.TEMPORARY,
    ContractType.CASUAL: EmploymentType.TEMPORARY,
}
"""What the kind of contract says of the employment type, where the notice does not name one."""


def public_posting(vacancy: Vacancy, notice: Notice, base_url: str) -> JsonObject:
    """Return a vacancy as programs get it: the JobPosting, with its page here, its state and its source."""
    status = "open" if vacancy.state in OPEN_STATES else vacancy.state
    return {
        "@context": CONTEXT,
        "@id": page_url(vacancy, base_url),
        **posting_of(notice),
        "fu:status": status,
        "fu:sourceStatus": vacancy.source_status,
    }


def search_engine_posting(vacancy: Vacancy, notice: Notice, base_url: str) -> JsonObject:
    """Return a vacancy as job search engines want it, with every property that they require.

    What ended before its closing date is over by its end. There is always a description, and
    `jobLocation` or, for work from anywhere, who may apply where the notice says it.
    Source: https://developers.google.com/search/docs/appearance/structured-data/job-posting
    """
    posting = public_posting(vacancy, notice, base_url)
    posting["description"] = _description(notice)
    if "employmentType" not in posting and notice.contract_type in _EMPLOYMENT:
        posting["employmentType"] = str(_EMPLOYMENT[ContractType(notice.contract_type)])
    if vacancy.state in ENDED_STATES and vacancy.ended_at is not None:
        ended = min(vacancy.ended_at, vacancy.closes_at)
        posting["validThrough"] = in_zone(ended, vacancy.closes_zone).isoformat()
    return posting


def _description(notice: Notice) -> str:
    """Return all that the notice says in words; where it says nothing, the little that is known."""
    parts = (notice.description_html, notice.responsibilities_html, notice.qualifications_html)
    said = "".join(parts)
    return said or f"<p>{escape(notice.title)}, {escape(notice.employer)}</p>"
