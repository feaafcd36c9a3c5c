"""Vacancies as entries of Atom, RSS and JSON Feed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from fediunion.kit.catalogues import translated
from fediunion.kit.feeds import Feed, FeedEntry
from fediunion.kit.html import escape
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.exports.exported import Exported, job_posting, last_change
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.terms.closing import Closing, closing_text
from fediunion.union.vacancies.terms.contract import ContractType
from fediunion.union.vacancies.terms.money import salary_sentence
from fediunion.union.vacancies.terms.names import CONTRACT_TYPES
from fediunion.union.vacancies.terms.source import SourceStatus
from fediunion.union.vacancies.wording import headline
from fediunion.web.languages import LOCALES

POSTING_MEMBER: Final = "_job_posting"
"""What an item of JSON Feed has beside the standard: `about`, and the whole JobPosting."""

_ABOUT: Final = "https://schema.org/JobPosting"
_OVER: Final[Mapping[str, Sentence]] = {
    "closed": Sentence("[Closed] %(title)s", title=""),
    "filled": Sentence("[Filled] %(title)s", title=""),
    "withdrawn": Sentence("[Withdrawn] %(title)s", title=""),
}


def feed_of(
    vacancies: Sequence[Exported],
    *,
    home: str,
    address: str,
    title: str,
    description: str,
    language: str,
    now: datetime,
) -> Feed:
    """Return vacancies as a feed in a language of ours; `home` is the page of the search."""
    return Feed(
        home=home,
        address=address,
        title=title,
        description=description,
        language=language,
        entries=[entry_of(each, language) for each in vacancies],
        updated_at=last_change(vacancies, now),
    )


def entry_of(each: Exported, language: str) -> FeedEntry:
    """Return a vacancy as a feed reader shows it: the facts, the closing date, the notice."""
    notice = each.notice
    return FeedEntry(
        address=each.page,
        title=title_of(each, language),
        html=_html(each, language),
        author_name=each.board_name,
        author_address=each.board_url,
        published_at=each.posted_at,
        updated_at=max(each.updated_at, each.posted_at),
        language=notice.language,
        categories=_categories(notice),
        more={POSTING_MEMBER: {"about": _ABOUT, "posting": job_posting(each)}},
    )


def title_of(each: Exported, language: str) -> str:
    """Return title, grade and place; before them that it is over."""
    shown = headline(each.notice)
    over = _OVER.get(each.state)
    return translated(Sentence(over.template, title=shown), language) if over is not None else shown


def facts_of(each: Exported, language: str) -> list[str]:
    """Return what is known in short lines of text: employer and contract, pay, closing date, doubts."""
    notice = each.notice
    contract = CONTRACT_TYPES[ContractType(notice.contract_type)] if notice.contract_type else None
    parts = [notice.employer, notice.department, translated(contract, language) if contract else ""]
    lines = [" · ".join(part for part in parts if part)]
    if notice.salary is not None:
        lines.append(translated(salary_sentence(notice.salary, LOCALES[language]), language))
    closing = closing_text(Closing(notice.closes_at, notice.closes_zone), LOCALES[language])
    told = (
        Sentence("Apply by %(closing)s.", closing=closing)
        if each.is_open
        else Sentence("Applications closed on %(closing)s.", closing=closing)
    )
    lines.append(translated(told, language))
    if each.source_status != SourceStatus.VERIFIED:
        doubt = Sentence("Unverified: the notice is not on the employer's own site.")
        lines.append(translated(doubt, language))
    return lines


def _html(each: Exported, language: str) -> str:
    notice = each.notice
    link = escape(notice.source_url)
    lines = "".join(f"<p>{escape(line)}</p>" for line in facts_of(each, language))
    source = f'<p><a href="{link}" rel="nofollow noopener noreferrer">{link}</a></p>'
    texts = (notice.description_html, notice.responsibilities_html, notice.qualifications_html)
    return f"{lines}{source}{''.join(texts)}"


def _categories(notice: Notice) -> list[str]:
    named = [notice.grade, *(each.country for each in notice.stations)]
    named += [each.code for each in notice.occupations if each.scheme != "ESCO"]
    return list(dict.fromkeys(name for name in named if name))
