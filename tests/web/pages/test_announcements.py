"""What the union announces, on top of home until a member puts it away; and the member's reach beside it."""

import re

from sqlalchemy.orm import Session

from fediunion.actors.models import Reach
from fediunion.actors.queries import find_local_actor
from fediunion.social.announcements.service import publish_announcement
from tests.oauth.rig import Desk, fields_of


async def announce(desk: Desk, text: str) -> int:
    """Publish an announcement; return its id."""
    row = await desk.db.write(publish_announcement, text, by="@olga@us.example")
    return int(row.id)


async def test_a_member_sees_what_is_announced_until_it_is_put_away(desk: Desk) -> None:
    await desk.member("ana")
    await desk.member("ben")
    ana, ben = await desk.signed_in("ana"), await desk.signed_in("ben")
    assert "note announced" not in (await ana.get("/home")).text
    number = await announce(desk, "The server is **updated** on Sunday. <script>x</script>")
    page = (await ana.get("/home")).text
    assert "<strong>updated</strong>" in page
    assert "<script>x" not in page
    path = f"/announcements/{number}/dismiss"
    assert (await ana.post(path, fields_of(page))).headers["location"] == "/home"
    assert (await ana.post(path, fields_of(page))).status_code == 303
    assert "updated" not in (await ana.get("/home")).text
    assert "updated" in (await ben.get("/home")).text
    assert "updated" not in (await ben.get("/home?max_id=9")).text


async def test_what_was_never_announced_is_not_put_away(desk: Desk) -> None:
    await desk.member("ana")
    ana = await desk.signed_in("ana")
    fields = fields_of((await ana.get("/home")).text)
    assert (await ana.post("/announcements/9/dismiss", fields)).status_code == 404
    stranger = await desk.browser().post("/announcements/9/dismiss", fields)
    assert stranger.status_code in (303, 403)


async def test_home_says_how_far_the_member_is_seen(desk: Desk) -> None:
    await desk.member("ana")
    ana = await desk.signed_in("ana")

    def widen(session: Session, reach: Reach) -> None:
        actor = find_local_actor(session, "ana")
        assert actor is not None
        actor.reach = reach

    means = {
        Reach.HIDDEN: "you do not exist",
        Reach.FOLLOWABLE: "can ask to follow you",
        Reach.PUBLIC: "Anybody can find you",
    }
    for reach, words in means.items():
        await desk.db.write(widen, reach)
        aside = re.findall(r"<aside.*?</aside>", (await ana.get("/home")).text, re.DOTALL)[0]
        assert words in aside
        assert 'href="/settings/reach"' in aside
    assert "Anybody can find you" not in (await ana.get("/local")).text
