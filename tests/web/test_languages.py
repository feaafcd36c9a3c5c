"""Languages to choose from: by name, in the reader's language, the reader's own first, nothing lost."""

from datetime import UTC, datetime

import pytest

from fediunion.kit.languages import LANGUAGES
from fediunion.web.languages import language_groups, language_name
from fediunion.web.reading import Reader, reading
from tests.oauth.rig import Browser, Desk


def reader(language: str, *wishes: str) -> Reader:
    """Return a reader whose browser prefers some languages."""
    return Reader(language, UTC, datetime(2026, 11, 1, tzinfo=UTC), wishes=wishes)


def test_what_was_chosen_comes_first_then_the_page_then_what_the_browser_prefers() -> None:
    with reading(reader("fr", "sw-KE", "de;bad", "en-GB", "x")):
        own, others = language_groups("ar", "")
    assert own == [("ar", "Arabe"), ("fr", "Français"), ("sw", "Swahili"), ("en", "Anglais")]
    assert len(own) + len(others) == len(LANGUAGES)
    assert not dict(own).keys() & dict(others).keys()


def test_the_others_stand_in_the_order_of_their_names_without_regard_to_accents() -> None:
    with reading(reader("fr")):
        names = [name for _, name in language_groups()[1]]
    assert names[:4] == ["Abkhaze", "Afar", "Afrikaans", "Akan"]
    assert names.index("Estonien") < names.index("Féroïen") < names.index("Finnois")


def test_a_tag_that_is_in_no_list_is_kept() -> None:
    with reading(reader("en")):
        own, _ = language_groups("pt-BR", "xx-private")
        assert own == [("pt-BR", "Portuguese (pt-BR)"), ("xx-private", "xx-private"), ("en", "English")]
        assert language_name("pt") == "Portuguese"


def test_a_browser_with_many_wishes_gets_a_few_first() -> None:
    with reading(reader("en", *list(LANGUAGES)[:30])):
        own, others = language_groups()
    assert len(own) == 8
    assert len(own) + len(others) == len(LANGUAGES)


@pytest.mark.parametrize("page", ["/compose", "/settings/preferences"])
async def test_languages_are_chosen_by_name_in_the_readers_language(desk: Desk, page: str) -> None:
    await desk.member("ana")
    browser: Browser = await desk.signed_in("ana")
    shown = (await browser.get(f"{page}?lang=ar")).text
    assert '<option value="fr">الفرنسية</option>' in shown
    assert '<option value="de">German</option>' in (await browser.get(page)).text
