"""Vacancies for job search engines: the JobPosting in the head of a page."""

from typing import Final

from fediunion.kit.html import escape
from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.exports.exported import Exported, job_posting
from fediunion.union.vacancies.models import ENDED_STATES, Vacancy
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.terms.closing import in_zone
from fediunion.union.vacancies.terms.contract import ContractType, EmploymentType

_EMPLOYMENT: Final = {
    ContractType.CONSULTANCY: EmploymentType.CONTRACTOR,
    ContractType.INDIVIDUAL_CONTRACTOR: EmploymentType.CONTRACTOR,
    ContractType.INTERNSHIP: EmploymentType.INTERN,
    ContractType.UNV: EmploymentType.VOLUNTEER,
    ContractType.TEMPORARY: EmploymentType.TEMPORARY,
    ContractType.CASUAL: EmploymentType.TEMPORARY,
}
"""What the kind of contract says of the employment type, where the notice does not name one."""


def search_engine_posting(vacancy: Vacancy, each: Exported) -> JsonObject:
    """Return a vacancy as job search engines want it, with every property that they require.

    What ended before its closing date is over by its end. There is always a description, and
    `jobLocation` or, for work from anywhere, who may apply where the notice says it.
    Source: https://developers.google.com/search/docs/appearance/structured-data/job-posting
    """
    posting, notice = job_posting(each, alone=True), each.notice
    posting["description"] = _description(notice)
    if "employmentType" not in posting and notice.contract_type in _EMPLOYMENT:
        posting["employmentType"] = str(_EMPLOYMENT[ContractType(notice.contract_type)])
    if vacancy.state in ENDED_STATES and vacancy.ended_at is not None:
        ended = min(vacancy.ended_at, vacancy.closes_at)
        posting["validThrough"] = in_zone(ended, vacancy.closes_zone).isoformat()
    return posting


def _description(notice: Notice) -> str:
    """Return all that the notice says in words; where it says nothing, the little that is known."""
    said = notice.description_html + notice.responsibilities_html + notice.qualifications_html
    return said or f"<p>{escape(notice.title)}, {escape(notice.employer)}</p>"
