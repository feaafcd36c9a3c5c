"""Reasons to doubt a notice: words of a fraud, and a source that is not the employer's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from fediunion.kit.html import html_to_text
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.service.employers import official_domains
from fediunion.union.vacancies.terms.source import SourceStatus, source_status
from fediunion.union.vacancies.terms.text_rules import scam_findings

SOURCE_DOMAIN: Final = "source-domain"
"""The doubt about a notice whose page is not on the employer's own site."""


@dataclass(frozen=True)
class Doubt:
    """Why a notice is doubtful: the id of the rule, and the words or the address that it is about."""

    reason: str
    phrase: str


def doubts_about(session: Session, notice: Notice, *, believed: bool) -> Sequence[Doubt]:
    """Return the reasons to doubt a notice, of each rule one; the one about its source comes last.

    `believed`: whoever tells of it may say which sites are the employer's, where no officer here said it.
    """
    found = {finding.rule: finding.phrase for finding in reversed(scam_findings(_text(notice)))}
    doubts = [Doubt(rule, phrase) for rule, phrase in found.items()]
    if status_of_source(session, notice, believed=believed) is not SourceStatus.VERIFIED:
        doubts.append(Doubt(SOURCE_DOMAIN, notice.source_url))
    return doubts


def status_of_source(session: Session, notice: Notice, *, believed: bool) -> SourceStatus:
    """Return whether the page of a notice is on a site that is known to be the employer's."""
    return source_status(notice.source_url, official_domains(session, notice, believed=believed))


def _text(notice: Notice) -> str:
    htmls = (notice.description_html, notice.responsibilities_html, notice.qualifications_html)
    return "\n".join(
        (notice.title, notice.contact, notice.benefits, notice.eligibility, *(map(html_to_text, htmls)))
    )
