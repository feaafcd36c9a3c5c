"""What a vacancy's post says: words for people on any server, and beside them what programs read.

One Note without `name` and `summary`, its headline the first paragraph, the link to our page the first
attachment; FEP-0837 for those who know proposals; schema.org in `vacancy`.
"""

from typing import Final

from fediunion.actors.models import Actor
from fediunion.kit.catalogues import SOURCE, known_language, translated
from fediunion.kit.html import escape
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_hashtag
from fediunion.social.posts.service.drafts import Composed
from fediunion.union.vacancies.documents import vacancy_members
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.notice import Notice, Station
from fediunion.union.vacancies.terms.closing import Closing, closing_text, in_zone
from fediunion.union.vacancies.terms.contract import ContractType
from fediunion.union.vacancies.terms.grades import is_of_un
from fediunion.union.vacancies.terms.money import salary_sentence
from fediunion.union.vacancies.terms.names import CONTRACT_TYPES
from fediunion.web.languages import LOCALES

_HERE: Final = "\N{OBJECT REPLACEMENT CHARACTER}"

HIRING_HALLS: Final = "hiring_halls"
"""The audience of every public vacancy beside the board's followers: peers whose vacancies we take."""

_ENDED: Final = {
    VacancyState.CLOSED: "[Closed]",
    VacancyState.FILLED: "[Filled]",
    VacancyState.WITHDRAWN: "[Withdrawn]",
}
"""How the words of what is over begin, in any language: others tell by it, too."""


def composed_vacancy(vacancy: Vacancy, notice: Notice, *, board: Actor, base_url: str) -> Composed:
    """Return the post in which a board tells of a vacancy, in the state that it is in now."""
    state, uri, url = VacancyState(vacancy.state), note_uri(board, vacancy), page_url(vacancy, base_url)
    tags = _hashtags(notice)
    return Composed(
        html=_html(notice, state, url, tags, base_url),
        slug=vacancy.slug,
        url=url,
        hashtags=tags,
        extension=vacancy_members(notice, state, uri=uri, url=url, headline=headline(notice)),
        expand=(HIRING_HALLS,),
    )


def note_uri(board: Actor, vacancy: Vacancy) -> str:
    """Return the id of the post in which our board tells of a vacancy."""
    return f"{board.uri}/posts/{vacancy.slug}"


def page_url(vacancy: Vacancy, base_url: str) -> str:
    """Return the page of a vacancy here."""
    return f"{base_url}/vacancies/{vacancy.slug}"


def headline(notice: Notice) -> str:
    """Return title, grade and place in one line: "Legal Officer · P-4 · The Hague"."""
    parts = [notice.title, notice.grade, _place(notice)]
    return " · ".join(part for part in parts if part)


def language_of(notice: Notice) -> str:
    """Return the language that a post about a notice is written in: the notice's own where it is ours."""
    return known_language(notice.language) or SOURCE


def _html(notice: Notice, state: VacancyState, url: str, tags: list[str], base_url: str) -> str:
    mark = _ENDED.get(state)
    first = escape(headline(notice))
    first = f"<strong>{mark} <del>{first}</del></strong>" if mark else f"<strong>{first}</strong>"
    lines = [first, escape(_facts(notice)), _closing(notice, over=mark is not None)]
    linked = escape(url)
    lines.append(f'<a href="{linked}" rel="nofollow noopener">{linked.partition("//")[2]}</a>')
    links = " ".join(
        f'<a href="{base_url}/tags/{name.lower()}" class="mention hashtag" rel="tag">#<span>{name}</span></a>'
        for name in tags
    )
    return "".join(f"<p>{line}</p>" for line in [*lines, links] if line)


def _facts(notice: Notice) -> str:
    language = language_of(notice)
    employer = f"{notice.employer}, {notice.department}" if notice.department else notice.employer
    kind = notice.contract_type
    contract = translated(CONTRACT_TYPES[ContractType(kind)], language) if kind else ""
    pay = translated(salary_sentence(notice.salary, LOCALES[language]), language) if notice.salary else ""
    return " · ".join(part for part in (employer, contract, pay) if part)


def _closing(notice: Notice, *, over: bool) -> str:
    local, language = in_zone(notice.closes_at, notice.closes_zone), language_of(notice)
    shown = escape(closing_text(Closing(notice.closes_at, notice.closes_zone), LOCALES[language]))
    moment = f'<time datetime="{local.isoformat()}">{shown}</time>'
    sentence = (
        Sentence("Closed on %(when)s", when=_HERE) if over else Sentence("Apply by %(when)s", when=_HERE)
    )
    return escape(translated(sentence, language)).replace(_HERE, moment)


def _place(notice: Notice) -> str:
    if not notice.stations:
        return translated(Sentence("Home-based"), language_of(notice)) if notice.remote else ""
    named = list(dict.fromkeys(_named(station) for station in notice.stations))
    return ", ".join(named[:3]) + (" …" if len(named) > 3 else "")


def _named(station: Station) -> str:
    return station.city or station.country


def _hashtags(notice: Notice) -> list[str]:
    """Return the hashtags: by these readers of other software filter (#UnionJobs #P3 #Nairobi)."""
    un = is_of_un(notice.grade) or any(each.scheme == "UN-JobNetwork" for each in notice.occupations)
    names = ["UnionJobs", "UNjobs" if un else "", notice.grade]
    names += [_named(station) for station in notice.stations[:3]]
    joined = ("".join(letter for letter in name if letter.isalnum()) for name in names)
    return list(dict.fromkeys(name for name in joined if name and valid_hashtag(name)))
