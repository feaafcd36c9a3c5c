"""A call with a thunderclap among three unions, and those who pledge."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.actors.service import create_local_actor
from fediunion.outbox.models import OutboxActivity
from fediunion.social.posts.models import Post
from fediunion.union.campaigns.models import CampaignCall, Route
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.thunderclap.jobs import sweep
from fediunion.union.campaigns.thunderclap.models import Pledge, Thunderclap
from fediunion.union.campaigns.thunderclap.pledging import pledge
from fediunion.union.campaigns.thunderclap.service import set_thunderclap
from fediunion.union.campaigns.thunderclap.standing import ThunderclapView, view_of
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion, new_keys
from tests.union.campaigns.conftest import again, change, draft
from tests.union.campaigns.samples import call_terms
from tests.union.campaigns.unions import Three, carry, here

AT: Final = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)
WINDOW: Final = 120
MESSAGE: Final = {
    "en": "Staff who protect the world need a voice at work. #StaffRightsNow",
    "fr": "Le personnel qui protège le monde a droit à la parole. #StaffRightsNow",
}


def clap_terms(threshold: int = 2, **changed: Any) -> ThunderclapTerms:
    """Return what the sample thunderclap says, with another threshold."""
    said: dict[str, Any] = {
        "message": MESSAGE,
        "threshold": threshold,
        "release_at": AT,
        "window_seconds": WINDOW,
    }
    return ThunderclapTerms(**said | changed)


async def announce(union: TestUnion, threshold: int = 2, **changed: Any) -> CampaignCall:
    """Return an open call of a union with a thunderclap."""
    made = await draft(union, call_terms(pledges=True))
    await change(union, made, set_thunderclap, clap_terms(threshold, **changed), by="tests")
    await change(union, made, publish_call, by="tests")
    return await again(union, made)


async def announce_together(three: Three, threshold: int = 2, **changed: Any) -> CampaignCall:
    """Return an open call of CCISUA with a thunderclap, which the two others carry."""
    call = await announce(three.ccisua, threshold, **changed)
    await three.settle()
    await carry(three, call, three.ictysu, three.gftu)
    return call


async def members(union: TestUnion, count: int, prefix: str = "m") -> list[int]:
    """Return the ids of so many new public members, made in one unit of work."""
    settings = union.world.settings

    def make(session: Session) -> list[int]:
        return [
            create_local_actor(
                session,
                kind=ActorKind.MEMBER,
                username=f"{prefix}{number}",
                display_name=f"{prefix}{number}",
                reach=Reach.PUBLIC,
                locked=False,
                keys=new_keys(settings),
            ).id
            for number in range(count)
        ]

    return await union.world.db.write(make)


async def pledge_as(
    union: TestUnion, call: CampaignCall, actor_ids: Sequence[int], route: Route = Route.MEMBER
) -> None:
    """Let actors pledge for a call at a union."""
    known = await here(union, call)

    def work(session: Session) -> None:
        clap = session.scalars(select(Thunderclap).where(Thunderclap.call_id == known.id)).one()
        for actor_id in actor_ids:
            pledge(session, clap, session.get_one(Actor, actor_id), route)

    await union.world.db.write(work)


async def of_pledger(
    union: TestUnion, call: CampaignCall, actor_id: int, do: Callable[[Session, Thunderclap, Actor], Any]
) -> Any:
    """Let a union do something about the thunderclap of a call for an actor."""
    known = await here(union, call)

    def work(session: Session) -> Any:
        clap = session.scalars(select(Thunderclap).where(Thunderclap.call_id == known.id)).one()
        return do(session, clap, session.get_one(Actor, actor_id))

    return await union.world.db.write(work)


async def strangers(three: Three, host: str, count: int, *, software: str = "mastodon") -> list[StrangeActor]:
    """Return people at a server elsewhere, whom CCISUA knows."""
    server = await Stranger(three.internet, host, clock=three.clock).start()
    people = [server.add_actor(f"reader{number}") for number in range(count)]
    for person in people:
        await three.ccisua.actor(f"{person.name}@{host}")
    return people


async def ids_of(union: TestUnion, people: Sequence[StrangeActor]) -> list[int]:
    """Return the ids of the rows of people elsewhere."""
    return [(await union.actor(f"{each.name}@{each.server.authority}")).id for each in people]


async def stands(union: TestUnion, call: CampaignCall) -> ThunderclapView:
    """Return what anybody may know of the thunderclap of a call at a union."""
    known = await here(union, call)

    def read(session: Session) -> ThunderclapView | None:
        return view_of(session, session.get_one(CampaignCall, known.id))

    found = await union.world.db.read(read)
    assert found is not None
    return found


async def pledges(union: TestUnion) -> int:
    """Return how many pledges a union holds."""

    def read(session: Session) -> int:
        return len(session.scalars(select(Pledge.id)).all())

    return await union.world.db.read(read)


async def boosts(union: TestUnion) -> list[tuple[datetime, str]]:
    """Return when, and by whom, members of a union boosted; not what its institutions did."""

    def read(session: Session) -> list[tuple[datetime, str]]:
        found = (
            select(Post.published_at, Actor.username)
            .join(Actor, Actor.id == Post.author_id)
            .where(Post.boost_of_id.is_not(None), Actor.local, Actor.kind == ActorKind.MEMBER)
            .order_by(Post.id)
        )
        return [(at, name) for at, name in session.execute(found)]

    return await union.world.db.read(read)


async def announced(union: TestUnion) -> list[str]:
    """Return by which members of a union Announces were published, in their order."""

    def read(session: Session) -> list[str]:
        found = (
            select(Actor.username)
            .join(OutboxActivity, OutboxActivity.actor_id == Actor.id)
            .where(OutboxActivity.activity_type == "Announce", Actor.kind == ActorKind.MEMBER)
            .order_by(OutboxActivity.id)
        )
        return list(session.scalars(found))

    return await union.world.db.read(read)


async def messages(union: TestUnion) -> list[str]:
    """Return the texts that were posted as messages of thunderclaps."""

    def read(session: Session) -> list[str]:
        posts = session.scalars(select(Post).where(Post.boost_of_id.is_(None)).order_by(Post.id))
        return [post.content for post in posts if "fu:releases" in post.extension]

    return await union.world.db.read(read)


async def go_to(three: Three, moment: datetime) -> None:
    """Let time go by until then, and all that falls due be done, sweeps included."""
    three.clock.advance((moment - three.clock.now()).total_seconds())
    await sweep_all(three)


async def sweep_all(three: Three) -> None:
    """Let everybody sweep, and do what is due."""
    for union in (three.ccisua, three.ictysu, three.gftu):
        await sweep(union.world, {})
    await three.settle()


async def pass_window(three: Three, steps: int = 12) -> None:
    """Let the window and a little more go by in steps, and all that falls due be done."""
    for _ in range(steps):
        await three.pass_seconds(WINDOW / steps)
    three.clock.advance(seconds=1)
    await sweep_all(three)


def moment(seconds: float) -> datetime:
    """Return an instant so many seconds after the moment of the thunderclap."""
    return AT + timedelta(seconds=seconds)


def campaigns_of(session: Session) -> Actor:
    """Return the actor that puts calls here."""
    actor = find_local_actor(session, "campaigns")
    assert actor is not None
    return actor
