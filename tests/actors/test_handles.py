"""How often strangers can have us ask a host that they name for a handle."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.webfinger import JRD_TYPE
from fediunion.actors.domains import set_domain_rule
from fediunion.actors.jobs import JOBS
from fediunion.actors.models import DomainAction
from fediunion.actors.remote import resolve_actor
from fediunion.jobs.models import Job
from fediunion.jobs.run import run_due
from tests.actors.home import Home
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import StrangeActor, Stranger

VICTIM = "good.example"


def _named(server: Stranger, name: str, subject: str) -> StrangeActor:
    """Return an actor whose server says that it is known under another handle."""
    actor = server.add_actor(name)
    link = {"rel": "self", "type": "application/activity+json", "href": actor.uri}
    jrd = {"subject": f"acct:{subject}", "links": [link]}
    address = f"/.well-known/webfinger?resource=acct:{name}@{server.authority}"
    server.serve(address, jrd, content_type=JRD_TYPE)
    return actor


def _asked(internet: FakeInternet, host: str) -> int:
    return sum("/.well-known/webfinger" in request.url for request in internet.requests_to(host))


def _waiting(session: Session) -> int:
    return len(session.scalars(select(Job.id).where(Job.kind == "actors.verify_handle")).all())


async def test_F31_actors_that_name_a_third_host_have_it_asked_a_few_times_a_minute(
    home: Home, good: Stranger, evil: Stranger, internet: FakeInternet
) -> None:
    for number in range(25):
        actor = _named(evil, f"mallory{number}", f"somebody{number}@{VICTIM}")
        await resolve_actor(home.world, actor.uri)
    await run_due(home.world, JOBS)
    assert _asked(internet, VICTIM) == 10
    assert await home.world.db.read(_waiting) == 15
    for minutes in (2, 4, 10, 30, 90, 270):
        before = _asked(internet, VICTIM)
        home.clock.advance(minutes=minutes)
        await run_due(home.world, JOBS)
        assert _asked(internet, VICTIM) <= before + 10
    assert await home.world.db.read(_waiting) == 0
    assert _asked(internet, VICTIM) <= 25


async def test_F31_what_one_server_causes_leaves_room_for_another(
    home: Home, evil: Stranger, internet: FakeInternet
) -> None:
    apex = await Stranger(internet, "apex.example", clock=home.clock).start()
    honest = await Stranger(internet, "fedi.example", clock=home.clock).start()
    for number in range(15):
        actor = _named(evil, f"mallory{number}", f"somebody{number}@apex.example")
        await resolve_actor(home.world, actor.uri)
    await run_due(home.world, JOBS)
    alice = _named(honest, "alice", "alice@apex.example")
    link = {"rel": "self", "type": "application/activity+json", "href": alice.uri}
    jrd = {"subject": "acct:alice@apex.example", "links": [link]}
    apex.serve("/.well-known/webfinger?resource=acct:alice@apex.example", jrd, content_type=JRD_TYPE)
    await resolve_actor(home.world, alice.uri)
    await run_due(home.world, JOBS)
    assert (await resolve_actor(home.world, alice.uri)).handle_host == "apex.example"


async def test_F31_a_template_on_a_third_host_is_asked_no_more_often(
    home: Home, good: Stranger, evil: Stranger, internet: FakeInternet
) -> None:
    template = f"https://{VICTIM}/.well-known/webfinger?resource={{uri}}"
    xrd = f'<XRD><Link rel="lrdd" template="{template}"/></XRD>'
    evil.serve("/.well-known/host-meta", xrd.encode(), content_type="application/xrd+xml")
    for number in range(15):
        actor = evil.add_actor(f"mallory{number}")
        evil.withdraw(f"/.well-known/webfinger?resource=acct:{actor.name}@evil.example", status=404)
        await resolve_actor(home.world, actor.uri)
    await run_due(home.world, JOBS)
    assert _asked(internet, VICTIM) == 10


async def test_S44_a_blocked_host_is_not_asked_for_a_handle_that_another_names(
    home: Home, evil: Stranger, good: Stranger, internet: FakeInternet
) -> None:
    actor = _named(evil, "mallory", f"somebody@{VICTIM}")
    await resolve_actor(home.world, actor.uri)
    await home.world.db.write(set_domain_rule, VICTIM, DomainAction.BLOCK)
    await run_due(home.world, JOBS)
    assert _asked(internet, VICTIM) == 0
