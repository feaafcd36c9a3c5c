"""Announcements: written by administrators, read, put away and reacted to by members."""

from typing import Any

from mastodon.return_types import Announcement, Reaction

from fediunion.members.models import Role
from tests.api.mastodon.admin.staff import audited, deleting, staff
from tests.api.mastodon.conformity import check
from tests.api.rig import Client, Rig
from tests.api.streaming.listening import listening, payload

PATH = "/api/v1/announcements"
OWN = "/api/fediunion/admin/announcements"


async def announce(rig: Rig, text: str = "Meeting on **Friday**", **more: Any) -> tuple[Client, Any]:
    admin = await staff(rig, "adam", Role.ADMIN)
    return admin, await admin.post(OWN, text=text, **more)


async def test_an_announcement_is_shown_to_members_with_all_documented_fields(rig: Rig, ana: Client) -> None:
    _, made = await announce(rig)
    (shown,) = await ana.get(PATH)
    check(shown, "Announcement", Announcement)
    assert (shown["id"], shown["content"], shown["read"]) == (
        made["id"],
        "<p>Meeting on <strong>Friday</strong></p>",
        False,
    )
    assert (await rig.anonymous.ask("GET", PATH)).status_code == 401
    assert await audited(rig) == [("adam", "announcement.publish", "")]


async def test_markup_in_an_announcement_is_no_markup_in_the_app(rig: Rig, ana: Client) -> None:
    await announce(rig, "<script>alert(1)</script> [x](javascript:alert)")
    (shown,) = await ana.get(PATH)
    assert "<script" not in shown["content"]
    assert "href" not in shown["content"]


async def test_what_is_over_or_put_away_is_not_shown(rig: Rig, ana: Client, ben: Client) -> None:
    _, made = await announce(rig, ends_at="2026-03-05T12:00:00Z")
    assert await ana.post(f"{PATH}/{made['id']}/dismiss") == {}
    assert await ana.post(f"{PATH}/{made['id']}/dismiss") == {}
    assert await ana.get(PATH) == []
    assert [each["read"] for each in await ana.get(PATH, with_dismissed="true")] == [True]
    assert len(await ben.get(PATH)) == 1
    rig.clock.advance(days=4)
    assert await ben.get(PATH) == []
    assert (await ben.ask("POST", f"{PATH}/{made['id']}/dismiss")).status_code == 404


async def test_members_react_once_with_each_emoji_and_take_it_back(
    rig: Rig, ana: Client, ben: Client
) -> None:
    _, made = await announce(rig)
    path = f"{PATH}/{made['id']}/reactions"
    for client in (ana, ana, ben):
        assert (await client.ask("PUT", f"{path}/✊")).status_code == 200
    (shown,) = await ana.get(PATH)
    assert shown["reactions"] == [{"name": "✊", "count": 2, "me": True}]
    check(shown["reactions"], "[Reaction]", Reaction)
    await deleting(ana, f"{path}/✊")
    await deleting(ana, f"{path}/✊")
    (shown,) = await ana.get(PATH)
    assert shown["reactions"] == [{"name": "✊", "count": 1, "me": False}]


async def test_a_reaction_that_is_no_emoji_or_one_too_many_is_refused(rig: Rig, ana: Client) -> None:
    _, made = await announce(rig)
    path = f"{PATH}/{made['id']}/reactions"
    for name in ("unknown", "strike!", "!", "words", "ü", "😀 😀", "😀" * 20):
        assert (await ana.ask("PUT", f"{path}/{name}")).status_code == 422, name
    for name in "😀😁😂😃😄😅😆😇":
        assert (await ana.ask("PUT", f"{path}/{name}")).status_code == 200
    assert (await ana.ask("PUT", f"{path}/😈")).status_code == 422
    assert (await ana.ask("PUT", f"{path}/😇")).status_code == 200
    assert (await ana.ask("PUT", f"{PATH}/17/reactions/😇")).status_code == 404


async def test_signs_with_joiners_skin_tones_flags_and_keycaps_are_one_emoji(rig: Rig, ana: Client) -> None:
    _, made = await announce(rig)
    for name in ("👩‍🏭", "✊🏽", "🇫🇷", "❤️", "3️⃣"):
        answer = await ana.ask("PUT", f"{PATH}/{made['id']}/reactions/{name}")
        assert answer.status_code == 200, name


async def test_an_announcement_that_is_empty_or_ends_before_it_starts_is_refused(rig: Rig) -> None:
    admin, made = await announce(rig)
    for body in (
        {"text": " "},
        {"text": "x" * 5001},
        {"text": "x", "starts_at": "2026-03-06", "ends_at": "2026-03-05"},
        {"text": "x", "ends_at": "soon"},
    ):
        assert (await admin.ask("POST", OWN, json=body)).status_code == 422
    assert [each["id"] for each in await admin.get(OWN)] == [made["id"]]


async def test_streams_tell_of_announcements_reactions_and_their_end(rig: Rig, ana: Client) -> None:
    admin = await staff(rig, "adam", Role.ADMIN)
    async with listening(rig.world, ana.bearer, "user") as socket:
        made = await admin.post(OWN, text="Meeting")
        (frame,) = await socket.frames()
        assert (frame["event"], payload(frame)["id"]) == ("announcement", made["id"])
        await ana.ask("PUT", f"{PATH}/{made['id']}/reactions/✊")
        (frame,) = await socket.frames()
        assert frame["event"] == "announcement.reaction"
        assert payload(frame) == {"name": "✊", "count": 1, "announcement_id": made["id"]}
        await deleting(admin, f"{OWN}/{made['id']}")
        (frame,) = await socket.frames()
        assert (frame["event"], frame["payload"]) == ("announcement.delete", made["id"])
    assert await ana.get(PATH) == []
    await deleting(admin, f"{OWN}/{made['id']}", 404)
