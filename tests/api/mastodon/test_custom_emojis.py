"""Emoji of this instance: given by administrators, shown in pickers, posts, profiles and announcements."""

from typing import Any

import pytest
from mastodon.return_types import CustomEmoji
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.members.models import Role
from fediunion.outbox.models import OutboxActivity
from fediunion.social.emoji.service import MAX_EMOJI_BYTES
from tests.api.mastodon.admin.staff import audited, deleting, staff
from tests.api.mastodon.conformity import check
from tests.api.rig import Client, Rig
from tests.social.media.samples import SECRET, animation, picture

OWN = "/api/fediunion/admin/emojis"


@pytest.fixture
async def admin(rig: Rig) -> Client:
    """An administrator's app."""
    return await staff(rig, "adam", Role.ADMIN)


async def add(admin: Client, shortcode: str = "strike", content: bytes | None = None, **more: str) -> Any:
    return await admin.ask(
        "POST",
        OWN,
        data={"shortcode": shortcode, **more},
        files={"image": ("x.png", content or picture(), "image/png")},
    )


async def test_an_emoji_is_in_the_list_for_everybody(rig: Rig, admin: Client) -> None:
    assert await rig.anonymous.get("/api/v1/custom_emojis") == []
    made = (await add(admin, category="Union")).json()
    assert await rig.anonymous.get("/api/v1/custom_emojis") == [made]
    check(made, "CustomEmoji", CustomEmoji)
    assert (made["shortcode"], made["category"], made["visible_in_picker"]) == ("strike", "Union", True)
    assert made["url"] == made["static_url"]
    assert made["url"].startswith("https://union.test/media/files/")
    assert await audited(rig) == [("adam", "emoji.add", "")]


async def test_one_that_moves_has_a_still_picture_too_and_nothing_hidden_is_kept(
    rig: Rig, admin: Client
) -> None:
    made = (await add(admin, content=animation())).json()
    assert made["url"].endswith(".gif")
    assert not made["static_url"].endswith(".gif")
    stored = [path for path in (rig.world.settings.media.dir / "files").rglob("*") if path.is_file()]
    assert len(stored) == 2
    assert not any(SECRET.encode() in path.read_bytes() for path in stored)


async def test_posts_profiles_and_announcements_show_the_emoji_in_their_words(
    rig: Rig, admin: Client, ana: Client
) -> None:
    made = (await add(admin)).json()
    status = await ana.publish("On :strike: and not :unknown: or 10:strike:20")
    (shown,) = status["emojis"]
    assert (shown["shortcode"], shown["url"]) == ("strike", made["url"])
    changed = await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "No more"})
    assert changed.json()["emojis"] == []
    profile = await ana.ask(
        "PATCH", "/api/v1/accounts/update_credentials", json={"display_name": "Ana :strike:"}
    )
    assert [each["url"] for each in profile.json()["emojis"]] == [made["url"]]
    announced = await admin.post("/api/fediunion/admin/announcements", text="On :strike:")
    assert [each["url"] for each in announced["emojis"]] == [made["url"]]
    path = f"/api/v1/announcements/{announced['id']}/reactions/strike"
    assert (await ana.ask("PUT", path)).status_code == 200
    (reaction,) = (await ana.get("/api/v1/announcements"))[0]["reactions"]
    assert (reaction["name"], reaction["url"]) == ("strike", made["url"])


async def test_other_servers_are_told_the_emoji_of_a_post(rig: Rig, admin: Client, ana: Client) -> None:
    made = (await add(admin)).json()
    await ana.publish("On :strike:")

    def sent(session: Session) -> list[str]:
        return [str(row) for row in session.scalars(select(OutboxActivity.body))]

    assert [made["url"] in body and ":strike:" in body for body in await rig.world.db.read(sent)] == [True]


@pytest.mark.parametrize("shortcode", ["", "a", "no space", "ümlaut", "x" * 31, "a-b"])
async def test_a_name_that_is_none_is_refused(admin: Client, shortcode: str) -> None:
    answer = await add(admin, shortcode)
    assert answer.status_code == 422
    assert "shortcode" in answer.json()["details"]


async def test_a_name_is_given_once_in_any_case(admin: Client) -> None:
    await add(admin)
    assert (await add(admin, "Strike")).json()["details"]["shortcode"][0]["error"] == "ERR_TAKEN"
    assert await deleting(admin, f"{OWN}/strike") == {}
    await deleting(admin, f"{OWN}/strike", 404)
    assert (await add(admin, "Strike")).status_code == 200


async def test_what_is_no_picture_or_too_large_is_refused(rig: Rig, admin: Client) -> None:
    for content in (b"<svg/>", b"%PDF-1.7", picture() + bytes(MAX_EMOJI_BYTES)):
        assert (await add(admin, content=content)).status_code == 422
    assert (await admin.ask("POST", OWN, json={"shortcode": "strike"})).status_code == 422
    assert await rig.anonymous.get("/api/v1/custom_emojis") == []
