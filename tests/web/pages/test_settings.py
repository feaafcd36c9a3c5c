"""What a member changes of itself: profile, reach, preferences; and the lists that come and go as files."""

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.members.models import Member
from fediunion.members.service import set_reach
from fediunion.social.follows.models import Mute
from fediunion.social.transfers.models import Import
from tests.oauth.rig import BASE, Browser, Desk, fields_of
from tests.web.pages.members import follow, press

FORM = {"display_name": "Ana", "summary": "", "avatar_description": "", "header_description": ""}


@pytest.fixture
async def ana(desk: Desk) -> Browser:
    await desk.member("ana")
    await desk.member("ben")
    return await desk.signed_in("ana")


async def me(desk: Desk) -> Actor:
    """Return ana as she is now."""
    found: Actor = next(row for row in await desk.rows(Actor) if row.username == "ana")
    return found


async def upload(browser: Browser, page: str, action: str, fields: dict[str, Any], files: Any = None) -> Any:
    """Send a form with files."""
    token = fields_of((await browser.get(page)).text)["form_token"]
    parts = [("form_token", (None, token))]
    for name, value in fields.items():
        parts += [(name, (None, each)) for each in (value if isinstance(value, list) else [value])]
    return await browser.http.post(action, files=[*parts, *(files or [])], headers={"Origin": BASE})


def picture() -> bytes:
    """Return a small PNG."""
    made = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(made, "PNG")
    return made.getvalue()


async def test_a_profile_is_changed_with_fields_and_shown_as_it_was_typed(desk: Desk, ana: Browser) -> None:
    fields = FORM | {
        "summary": "One & two",
        "field_name[]": ["Site", "", "", ""],
        "field_value[]": ["https://ana.example/", "", "", ""],
    }
    done = await upload(ana, "/settings/profile", "/uploads/profile", fields)
    assert done.status_code == 303, done.text
    row = await me(desk)
    assert (row.display_name, row.summary_source) == ("Ana", "One & two")
    assert [field["name"] for field in row.fields] == ["Site"]
    page = (await ana.get("/settings/profile")).text
    assert "One &amp; two" in page
    assert 'value="https://ana.example/"' in page


async def test_a_picture_is_stored_shown_and_taken_away(desk: Desk, ana: Browser) -> None:
    files = [("avatar", ("me.png", picture(), "image/png"))]
    done = await upload(ana, "/settings/profile", "/uploads/profile", FORM, files)
    assert done.status_code == 303, done.text
    assert (await me(desk)).icon_url is not None
    await press(ana, "/settings/profile", "/settings/profile/remove", which="avatar")
    assert (await me(desk)).icon_url is None


async def test_what_is_no_picture_changes_nothing_and_the_rest_stays_typed(desk: Desk, ana: Browser) -> None:
    files = [("avatar", ("me.png", b"no picture at all", "image/png"))]
    page = await upload(ana, "/settings/profile", "/uploads/profile", FORM | {"summary": "typed"}, files)
    assert page.status_code == 422
    assert "typed" in page.text
    assert (await me(desk)).summary_source == ""


async def test_too_long_a_name_is_told_beside_its_field(ana: Browser) -> None:
    page = await upload(ana, "/settings/profile", "/uploads/profile", FORM | {"display_name": "x" * 101})
    assert page.status_code == 422
    assert 'id="display_name-error"' in page.text


async def test_only_who_is_public_chooses_to_be_found(desk: Desk, ana: Browser) -> None:
    assert "discoverable" not in (await ana.get("/settings/profile")).text
    await upload(ana, "/settings/profile", "/uploads/profile", FORM | {"discoverable": "1", "indexable": "1"})
    row = await me(desk)
    assert (row.discoverable, row.indexable) == (False, False)


async def test_the_three_answers_have_the_same_weight_and_hidden_comes_first(ana: Browser) -> None:
    page = (await ana.get("/settings/reach")).text
    places = [page.index(f'value="{reach}"') for reach in ("hidden", "followable", "public")]
    assert places == sorted(places)
    assert page.count('class="opt"') == 3
    assert "404" in page
    assert "No other server has received anything of yours." in page


async def test_a_reach_is_changed_and_a_strange_word_changes_nothing(desk: Desk, ana: Browser) -> None:
    await press(ana, "/settings/reach", "/settings/reach", reach="followable")
    assert (await me(desk)).reach == Reach.FOLLOWABLE
    await press(ana, "/settings/reach", "/settings/reach", reach="everywhere")
    assert (await me(desk)).reach == Reach.FOLLOWABLE


async def test_preferences_are_kept(desk: Desk, ana: Browser) -> None:
    fields = {"language": "fr", "time_zone": "Africa/Nairobi", "audience": "local", "sensitive": "1"}
    path = "/settings/preferences"
    done = await press(ana, path, path, **fields, posting_language="fr", quote_policy="nobody")
    assert done.status_code == 303
    row = next(each for each in await desk.rows(Member) if each.locale == "fr")
    assert row.settings["time_zone"] == "Africa/Nairobi"
    assert row.settings["posting"]["quote_policy"] == "nobody"
    assert '<html lang="fr"' in (await ana.get(path)).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "../etc/passwd"},
        {"language": "<b>"},
        {"quote_policy": "x"},
        {"posting_language": "!"},
    ],
    ids=["zone", "language", "quotes", "posts"],
)
async def test_a_preference_that_is_none_changes_nothing(
    desk: Desk, ana: Browser, wrong: dict[str, str]
) -> None:
    good = {"language": "fr", "time_zone": "", "quote_policy": "nobody", "posting_language": ""}
    page = await press(ana, "/settings/preferences", "/settings/preferences", **(good | wrong))
    assert page.status_code == 422
    assert all("posting" not in each.settings for each in await desk.rows(Member))


async def test_files_are_fetched_and_brought_again(desk: Desk, ana: Browser) -> None:
    await follow(desk, "ana", "ben")
    got = await ana.get("/settings/transfers/following_accounts.csv")
    assert got.headers["content-disposition"] == 'attachment; filename="following_accounts.csv"'
    assert "ben@us.example" in got.text
    assert (await ana.get("/settings/transfers/passwords.csv")).status_code == 404
    files = [("file", ("mutes.csv", b"ben@us.example\n", "text/csv"))]
    fields = {"kind": "muting", "overwrites": ""}
    begun = await upload(ana, "/settings/transfers", "/uploads/transfers", fields, files)
    assert begun.status_code == 303, begun.text
    path = begun.headers["location"]
    assert "Under way" in (await ana.get(path)).text
    await desk.union.work()
    desk.clock.advance(minutes=1)
    await desk.union.work()
    assert len(await desk.rows(Mute)) == 1
    assert "Finished" in (await ana.get(path)).text
    assert (await (await desk.signed_in("ben")).get(path)).status_code == 404


async def test_why_a_row_failed_is_told_in_the_readers_language(desk: Desk, ana: Browser) -> None:
    files = [("file", ("follows.csv", b"ana\nnobody\n", "text/csv"))]
    begun = await upload(
        ana, "/settings/transfers", "/uploads/transfers", {"kind": "following", "overwrites": ""}, files
    )
    await desk.union.work()
    desk.clock.advance(minutes=1)
    await desk.union.work()
    path = begun.headers["location"]
    assert "Nobody can follow their own account." in (await ana.get(path)).text
    french = (await ana.get(f"{path}?lang=fr")).text
    assert "Personne ne peut suivre son propre compte." in french
    assert "There is nothing" not in french


@pytest.mark.parametrize(
    ("kind", "content"),
    [("muting", b""), ("muting", b"\xff\xfe"), ("everything", b"ben"), ("muting", b"\n\n")],
    ids=["none", "bytes", "kind", "empty"],
)
async def test_a_file_that_is_none_is_told_beside_its_field(
    desk: Desk, ana: Browser, kind: str, content: bytes
) -> None:
    files = [("file", ("x.csv", content, "text/csv"))]
    page = await upload(ana, "/settings/transfers", "/uploads/transfers", {"kind": kind}, files)
    assert page.status_code == 422
    assert "file-error" in page.text
    assert await desk.rows(Import) == []


async def test_a_hidden_member_is_told_why_nobody_can_move_here(desk: Desk, ana: Browser) -> None:
    page = (await ana.get("/settings/move")).text
    assert "Your reach is hidden" in page
    assert "Moving ties two accounts together in public" in page

    def widen(session: Session) -> None:
        actor = session.get_one(Actor, (anas.id))
        member = next(each for each in session.query(Member) if each.actor_id == actor.id)
        set_reach(session, member, Reach.PUBLIC)

    anas = await me(desk)
    await desk.db.write(widen)
    assert "Your reach is hidden" not in (await ana.get("/settings/move")).text


async def test_an_account_is_named_and_named_no_longer(desk: Desk, ana: Browser) -> None:
    await press(ana, "/settings/move", "/settings/move/aliases", alias="@ben@us.example")
    (uri,) = (await me(desk)).also_known_as
    await press(ana, "/settings/move", "/settings/move/aliases/end", uri=uri)
    assert (await me(desk)).also_known_as == []
    page = await press(ana, "/settings/move", "/settings/move/aliases", alias="nobody@us.example")
    assert page.status_code == 422
    assert 'value="nobody@us.example"' in page.text


async def test_W19_who_moves_away_proves_to_be_the_one_and_the_other_account_has_to_agree(
    desk: Desk, ana: Browser
) -> None:
    page = await press(ana, "/settings/move", "/settings/move/away", target="@ben@us.example")
    assert page.status_code == 422
    assert "has to name this one" in page.text
    desk.clock.advance(hours=1)
    asked = await press(ana, "/settings/move", "/settings/move/away", target="@ben@us.example")
    assert asked.headers["location"].startswith("/sign-in/again")
    assert (await me(desk)).moved_to_uri is None
