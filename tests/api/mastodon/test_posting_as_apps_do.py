"""Posts as apps of today send them: what they count, leave out, and take for granted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.api.mastodon.entities.frame import instant
from fediunion.members.models import Member
from fediunion.members.preferences import change_preferences
from tests.api.rig import Client, Rig
from tests.social.media import samples

PATH = "/api/v1/statuses"
LINK = "https://news.example/" + "a" * 200


async def limits(rig: Rig) -> tuple[int, int]:
    """Return how many characters are announced for a post, and for an address in it."""
    said = (await rig.anonymous.get("/api/v2/instance"))["configuration"]["statuses"]
    return said["max_characters"], said["characters_reserved_per_url"]


async def test_a_post_may_be_as_long_as_is_announced(rig: Rig, ana: Client) -> None:
    most, address = await limits(rig)
    text = "x" * (most - address - 1) + " " + LINK
    status = await ana.publish(text)
    assert LINK in (await ana.get(f"{PATH}/{status['id']}/source"))["text"]
    await ana.publish("x" * (most - 5) + " @ben@a-very-long-host-name.example")
    await ana.publish("x" * most)
    edited = await ana.ask("PUT", f"{PATH}/{status['id']}", json={"status": f"{text[1:]}!"})
    assert edited.status_code == 200, edited.text


async def test_a_post_longer_than_is_announced_is_refused(rig: Rig, ana: Client) -> None:
    most, address = await limits(rig)
    status = await ana.publish("short")
    short_links = " ".join(["http://a.b"] * (most // (address + 1) + 1))
    for body in (
        {"status": "x" * (most - address) + " " + LINK},
        {"status": "x" * (most - 1), "spoiler_text": "yy"},
        {"status": short_links},
        {"status": " ".join([f"@ben@{'h' * 60}.example"] * (most // 5))},
    ):
        for answer in (
            await ana.ask("POST", PATH, json=body),
            await ana.ask("PUT", f"{PATH}/{status['id']}", json=body),
        ):
            assert answer.status_code == 422, (len(body["status"]), answer.text)
            assert answer.json()["details"]["status"][0]["error"] == "ERR_TOO_LONG"


async def test_a_warning_alone_is_what_the_post_says(rig: Rig, ana: Client) -> None:
    status = await ana.publish(" ", spoiler_text="Only this")
    assert (status["content"], status["spoiler_text"], status["sensitive"]) == ("<p>Only this</p>", "", True)
    at = instant(rig.clock.now() + timedelta(hours=1))
    params = (await ana.post(PATH, spoiler_text="Later", scheduled_at=at))["params"]
    assert (params["text"], params["spoiler_text"], params["sensitive"]) == ("Later", "", True)


async def test_a_warning_beside_something_else_stays_a_warning(ana: Client) -> None:
    uploaded = await ana.ask("POST", "/api/v2/media", files={"file": ("a.png", samples.picture())})
    own = await ana.publish("own")
    parts: tuple[dict[str, Any], ...] = (
        {"media_ids": [uploaded.json()["id"]]},
        {"poll": {"options": ["a", "b"], "expires_in": 600}},
        {"quoted_status_id": own["id"]},
    )
    for part in parts:
        status = await ana.post(PATH, spoiler_text="Warning", **part)
        assert status["spoiler_text"] == "Warning", part


@pytest.mark.parametrize("named", [None, "", "klingon"])
async def test_a_post_of_no_language_is_in_that_of_its_author(
    rig: Rig, ana: Client, named: str | None
) -> None:
    language = rig.world.settings.instance.languages[0]
    assert (await ana.publish("Hello", language=named))["language"] == language
    assert (await ana.publish("Bonjour", language="fr"))["language"] == "fr"

    def reads_french(session: Session) -> None:
        member = session.query(Member).filter_by(actor_id=ana.actor_id).one()
        change_preferences(session, member.id, language="fr", time_zone="")

    await rig.world.db.write(reads_french)
    assert (await ana.publish("Hello", language=named))["language"] == "fr"
    await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json={"source": {"language": "ar"}})
    assert (await ana.publish("Hello", language=named))["language"] == "ar"
