"""For whom a page is written: language, direction, zone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fediunion.web.reading import Reader, choose_language, current_reader, find_zone, reading
from tests.oauth.rig import Desk

ALL = {"asked": "", "member": "", "cookie": "", "header": "", "default": "en"}


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ({}, "en"),
        ({"default": "de"}, "en"),
        ({"default": "ar"}, "ar"),
        ({"header": "fr-CA,fr;q=0.9,en;q=0.8"}, "fr"),
        ({"header": "en;q=0.2, ar;q=0.9"}, "ar"),
        ({"header": "fr;q=0, ar;q=0.1"}, "ar"),
        ({"header": "de, ;q=, fr;q=x, *"}, "en"),
        ({"header": "fr", "cookie": "ar"}, "ar"),
        ({"header": "fr", "cookie": "tlh"}, "fr"),
        ({"member": "fr", "cookie": "ar"}, "fr"),
        ({"member": "pt-BR", "cookie": "ar"}, "ar"),
        ({"asked": "AR", "member": "fr"}, "ar"),
    ],
    ids=str,
)
def test_the_language_is_the_first_wish_that_we_have(wishes: dict[str, str], language: str) -> None:
    given: Any = ALL | wishes
    assert choose_language(**given) == language


def test_a_zone_is_found_by_its_name_and_nothing_else() -> None:
    nairobi = find_zone("Africa/Nairobi")
    assert nairobi is not None
    assert datetime(2027, 1, 8, 23, 59, tzinfo=nairobi).astimezone(UTC).hour == 20
    for name in ("", "Nowhere/At_All", "../../etc/passwd", "Africa", "/etc/localtime", "a\x00b"):
        assert find_zone(name) is None


def test_arabic_runs_from_right_to_left() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    assert Reader("ar", UTC, now).direction == "rtl"
    assert Reader("fr", UTC, now).direction == "ltr"


def test_nobody_reads_outside_of_a_page() -> None:
    reader = Reader("fr", UTC, datetime(2026, 12, 1, tzinfo=UTC))
    with reading(reader):
        assert current_reader() is reader
    with pytest.raises(LookupError):
        current_reader()


async def test_a_stranger_chooses_a_language_and_keeps_it(desk: Desk) -> None:
    browser = desk.browser()
    first = await browser.get("/?lang=ar")
    assert '<html lang="ar" dir="rtl">' in first.text
    assert "lang=ar" in first.headers["set-cookie"]
    assert '<html lang="ar" dir="rtl">' in (await browser.get("/")).text
    assert '<html lang="ar" dir="rtl">' in (await browser.get("/nothing-here", headers=HTML)).text
    assert "set-cookie" not in (await browser.get("/?lang=tlh")).headers


async def test_a_link_to_another_language_keeps_the_rest_of_the_address(desk: Desk) -> None:
    page = await desk.http.get("/share?text=a%26b&lang=en")
    assert 'href="?text=a%26b&amp;lang=fr"' in page.text


async def test_a_member_reads_in_the_language_of_the_settings(desk: Desk) -> None:
    member = await desk.member("ana")

    def speak(session: Any) -> None:
        found = session.get(type(member), member.id)
        found.locale, found.settings = "fr", {"time_zone": "Africa/Nairobi"}

    await desk.db.write(speak)
    page = await (await desk.signed_in("ana")).get("/settings/apps", headers={"Accept-Language": "ar"})
    assert '<html lang="fr" dir="ltr">' in page.text
    assert "Vos applications" in page.text


HTML = {"Accept": "text/html"}
