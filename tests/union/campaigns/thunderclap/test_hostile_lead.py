"""A union that leads a call and would have members boost what they did not pledge for, or not then."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.jobs.models import Job
from fediunion.social.notifications.models import Notification
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.union.campaigns.counts.service import TELL_JOB
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.service.judging import hide_call
from fediunion.union.campaigns.sponsors import service as sponsors
from fediunion.union.campaigns.thunderclap.models import ThunderclapState
from tests.fakes.union import settle
from tests.union.campaigns.peers import member, question
from tests.union.campaigns.strange_union import HOST, StrangeUnion, strange_union
from tests.union.campaigns.thunderclap.clapping import (
    AT,
    MESSAGE,
    WINDOW,
    boosts,
    go_to,
    members,
    pass_window,
    pledge_as,
    pledges,
    stands,
)
from tests.union.campaigns.unions import Three, decide

CLAP: Final = f"https://{HOST}/calls/1#thunderclap"
FEW: Final = 6


@dataclass
class Trap:
    """A union elsewhere leads `call`, which ICTYSU carries; so many of its members have pledged."""

    three: Three
    lead: StrangeUnion
    question: dict[str, Any]
    call: CampaignCall
    released: dict[str, Any] = field(default_factory=dict)

    async def release(self, **changed: Any) -> str:
        """Let the lead post the message, with other members; return what became of it."""
        note = self.lead.campaigns.note(MESSAGE["en"], **{"fu:releases": CLAP}) | changed
        self.lead.campaigns.server.serve(
            note["id"], {"@context": "https://www.w3.org/ns/activitystreams", **note}
        )
        self.released = note
        create = self.lead.campaigns.create(note) | {"id": f"{note['id']}#release"}
        return await self.lead.send(create, by=self.lead.campaigns)

    async def change(self, note: dict[str, Any], **changed: Any) -> None:
        """Let the lead change a post, a second later."""
        self.three.clock.advance(seconds=1)
        now = self.three.clock.now().isoformat().replace("+00:00", "Z")
        edited = note | {"updated": now} | changed
        update = self.lead.campaigns.activity("Update", edited, to=note["to"], cc=note["cc"])
        assert await self.lead.send(update, by=self.lead.campaigns) == "done"

    async def boosted(self) -> int:
        """Let the window go by; return how many boosted."""
        await pass_window(self.three)
        return len(await boosts(self.three.ictysu))


def amplify(**changed: Any) -> dict[str, Any]:
    """Return what the call says of its thunderclap."""
    return {
        "type": "fu:Amplification",
        "id": CLAP,
        "fu:message": dict(MESSAGE),
        "fu:threshold": 2,
        "fu:at": AT.isoformat().replace("+00:00", "Z"),
        "fu:windowSeconds": WINDOW,
        "fu:state": "collecting",
    } | changed


@pytest.fixture
async def trap(three: Three) -> Trap:
    """Members have pledged for what a union elsewhere will post."""
    lead = await strange_union(three, three.ictysu)
    note = question(lead.campaigns, member(**{"fu:amplify": amplify()}))
    assert await lead.send(lead.campaigns.create(note), by=lead.campaigns) == "done"
    assert await lead.send(lead.offer(note["id"])) == "done"
    call = CampaignCall(uri=note["id"])
    await decide(three.ictysu, call, sponsors.accept_co_sponsorship, "ictysu.example")
    await three.settle()
    await pledge_as(three.ictysu, call, await members(three.ictysu, FEW))
    await three.pass_seconds(60)
    return Trap(three, lead, note, call)


async def test_the_message_as_it_was_pledged_for_is_boosted(trap: Trap) -> None:
    await go_to(trap.three, AT)
    assert await trap.release() == "done"
    assert await trap.boosted() == FEW


@pytest.mark.parametrize(
    "bait",
    [
        {"summary": "The union gives up"},
        {"name": "The union gives up"},
        {
            "attachment": [
                {"type": "Image", "mediaType": "image/png", "url": "https://uni.example/shame.png"},
            ]
        },
        {"quoteUrl": "https://uni.example/posts/9"},
        {"inReplyTo": "https://uni.example/posts/9"},
        {
            "content": f'<p>{MESSAGE["en"].partition("voice")[0]}<a href="https://evil.example/">voice</a>'
            f"{MESSAGE['en'].partition('voice')[2]}</p>"
        },
    ],
    ids=["summary", "title", "picture", "quote", "reply", "link"],
)
async def test_the_words_with_more_around_them_are_not_what_was_pledged_for(
    trap: Trap, bait: dict[str, Any]
) -> None:
    await go_to(trap.three, AT)
    assert "something else" in await trap.release(**bait)
    assert await trap.boosted() == 0


async def test_before_its_moment_nothing_is_released(trap: Trap) -> None:
    await go_to(trap.three, AT - timedelta(hours=1))
    assert "before its moment" in await trap.release()
    assert (await stands(trap.three.ictysu, trap.call)).state is ThunderclapState.COLLECTING
    assert await pledges(trap.three.ictysu) == FEW


async def test_a_lead_whose_clock_is_a_minute_fast_releases_all_the_same(trap: Trap) -> None:
    await go_to(trap.three, AT - timedelta(minutes=1))
    assert await trap.release() == "done"
    await go_to(trap.three, AT)
    assert await trap.boosted() == FEW


async def test_words_changed_between_the_release_and_the_boosts_are_boosted_by_nobody(trap: Trap) -> None:
    await go_to(trap.three, AT)
    assert await trap.release() == "done"
    await trap.change(trap.released, content="<p>The union gives up.</p>")
    assert await trap.boosted() == 0
    assert (await stands(trap.three.ictysu, trap.call)).failed == FEW


async def test_a_note_that_was_known_with_other_words_is_boosted_by_nobody(trap: Trap) -> None:
    """The Create says what was pledged for; what is stored, and would be boosted, is the earlier text."""
    uri = f"https://{HOST}/posts/bait"
    early = trap.lead.campaigns.note(
        "<p>The union gives up.</p>",
        id=uri,
        inReplyTo=None,
        to=["https://www.w3.org/ns/activitystreams#Public"],
    )
    early["cc"] = ["https://ictysu.example/actors/campaigns"]
    assert await trap.lead.send(trap.lead.campaigns.create(early), by=trap.lead.campaigns) == "done"
    assert await trap.three.ictysu.world.db.read(find_post_by_uri, uri) is not None
    await go_to(trap.three, AT)
    assert await trap.release(id=uri) == "done"
    assert await trap.boosted() == 0
    assert await pledges(trap.three.ictysu) == 0


async def test_of_a_call_that_a_moderator_hid_nothing_is_boosted(trap: Trap) -> None:
    def hide(session: Session) -> None:
        found = session.scalars(select(CampaignCall).where(CampaignCall.uri == trap.call.uri)).one()
        hide_call(session, found, by="tests")

    await trap.three.ictysu.world.db.write(hide)
    await go_to(trap.three, AT)
    await trap.release()
    assert await trap.boosted() == 0
    assert await pledges(trap.three.ictysu) == 0


async def test_a_union_that_carries_the_call_no_more_holds_no_pledge_for_it(trap: Trap) -> None:
    await decide(trap.three.ictysu, trap.call, sponsors.end_co_sponsorship, "ictysu.example")
    await settle(trap.three.ictysu)
    assert await pledges(trap.three.ictysu) == 0
    assert await told_of_news(trap) == FEW
    await go_to(trap.three, AT)
    await trap.release()
    assert await trap.boosted() == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"fu:message": {"en": "The union gives up."}},
        {"fu:at": "2026-12-24T12:00:00Z"},
        {"fu:windowSeconds": 3600},
        {"fu:threshold": 3},
    ],
    ids=["message", "moment", "window", "threshold"],
)
async def test_who_pledged_for_something_else_is_told_and_counted_no_more(
    trap: Trap, changed: dict[str, Any]
) -> None:
    await trap.change(trap.question, campaignCall=member(**{"fu:amplify": amplify(**changed)}))
    assert await pledges(trap.three.ictysu) == 0
    assert await told_of_news(trap) == FEW
    assert await waits(trap, TELL_JOB, "pledges"), "the lead is told the new sum"


@pytest.mark.parametrize("year", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"], ids=["first", "last"])
async def test_a_moment_at_the_end_of_time_breaks_nothing(trap: Trap, year: str) -> None:
    changed = member(**{"fu:amplify": amplify(**{"fu:at": year})})
    await trap.change(trap.question, campaignCall=changed)
    assert await pledges(trap.three.ictysu) == 0


async def told_of_news(trap: Trap) -> int:
    """Return how many members were told that the call says something new."""

    def read(session: Session) -> int:
        told = select(Notification.recipient_id).join(Actor, Actor.id == Notification.recipient_id)
        news = told.where(Notification.kind == "update", Actor.kind == ActorKind.MEMBER)
        return len(set(session.scalars(news)))

    return await trap.three.ictysu.world.db.read(read)


async def waits(trap: Trap, kind: str, about: str) -> bool:
    """Return whether a job of a kind waits to be done."""

    def read(session: Session) -> list[Any]:
        return list(session.scalars(select(Job.payload).where(Job.kind == kind)))

    return any(about in str(payload) for payload in await trap.three.ictysu.world.db.read(read))
