"""What the account of a search says of itself: name and words, in the instance's first language."""

from typing import Final

from fediunion.config import Settings
from fediunion.kit.catalogues import first_language, translated
from fediunion.kit.html import escape, plain_name
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.models import VacancySearch
from fediunion.union.vacancies.search.naming import words_of
from fediunion.union.vacancies.search.query import VacancyQuery

LONGEST_TITLE: Final = 100

_OF_ONE: Final = Sentence("Vacancies: %(search)s", search="")
_PRIVATE_TITLE: Final = Sentence("Vacancies")
_TELLS: Final = Sentence("Passes on each new vacancy that matches this search, from every union's board:")
_PRIVATE: Final = Sentence("Passes on new vacancies from every union's board.")


def title_of(search: VacancySearch, query: VacancyQuery, settings: Settings) -> str:
    """Return what the account is called: as its editors say, else by what is asked for.

    A private one does not say what it looks for: who follows it may be seen to.
    """
    language = _language(settings)
    if search.private:
        return translated(_PRIVATE_TITLE, language)
    if search.title:
        return search.title
    words = words_of(query, language)
    title = translated(Sentence(_OF_ONE.template, search=words), language) if search.query else words
    return plain_name(title, LONGEST_TITLE)


def summary_of(search: VacancySearch, query: VacancyQuery, settings: Settings) -> str:
    """Return the words of the account as HTML, with the way to the page of the search."""
    language = _language(settings)
    if search.private:
        return f"<p>{escape(translated(_PRIVATE, language))}</p>"
    asked = f"?{search.query}" if search.query else ""
    address = escape(f"{settings.base_url}/vacancies{asked}")
    words = escape(words_of(query, language))
    return f'<p>{escape(translated(_TELLS, language))} <a href="{address}">{words}</a></p>'


def _language(settings: Settings) -> str:
    return first_language(settings.instance.languages[0])
