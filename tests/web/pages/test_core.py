"""The public pages: what a stranger with a browser sees, and what a server gets at the same address."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.app.application import create_app
from tests.app.asking import Answered, ask
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion

BROWSER = [("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
PEER = [("Accept", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"')]


@pytest.fixture
async def union(databases: Databases, clock: FakeClock) -> AsyncIterator[TestUnion]:
    started = await TestUnion.start(FakeInternet(), "nurses.test", databases.with_tables(), clock)
    await started.member("ana")
    await started.member("heron", reach=Reach.HIDDEN)
    await started.member("fern", reach=Reach.FOLLOWABLE)
    yield started
    await started.close()


async def browse(union: TestUnion, path: str) -> Answered:
    return await ask(union.app, path, host=union.domain, headers=BROWSER)


async def test_the_first_page_names_the_union_and_whom_to_follow(union: TestUnion) -> None:
    await union.member("jobs", kind=ActorKind.BOARD)
    page = await browse(union, "/")
    assert page.status == 200
    assert b"@union@nurses.test" in page.body
    assert b"@jobs@nurses.test" in page.body
    assert b"@ana" not in page.body
    assert b"@reader" not in page.body


async def test_a_public_member_has_a_page_with_the_public_posts(union: TestUnion) -> None:
    await union.post("ana", "Seen by all")
    await union.post("ana", "Seen by followers", audience=Audience.FOLLOWERS)
    page = await browse(union, "/@ana")
    assert page.status == 200
    assert b"Seen by all" in page.body
    assert b"Seen by followers" not in page.body


async def test_a_public_post_has_a_page_and_others_have_none(union: TestUnion) -> None:
    public = await union.post("ana", "Seen by all", content_warning="Careful")
    private = await union.post("ana", "Seen by followers", audience=Audience.FOLLOWERS)
    page = await browse(union, f"/@ana/{public.slug}")
    assert page.status == 200
    assert b"Seen by all" in page.body
    assert b"<summary>Careful</summary>" in page.body
    assert (await browse(union, f"/@ana/{private.slug}")).status == 404
    assert (await browse(union, f"/@union/{public.slug}")).status == 404


@pytest.mark.parametrize("name", ["heron", "fern", "HERON"])
@pytest.mark.parametrize("accept", [BROWSER, PEER], ids=["browser", "peer"])
async def test_I4_a_page_of_who_is_hidden_is_the_page_of_nobody(
    union: TestUnion, name: str, accept: list[tuple[str, str]]
) -> None:
    if accept is PEER and name == "fern":
        pytest.skip("servers may know who is followable; only the page is closed")
    hidden = await ask(union.app, f"/@{name}", host=union.domain, headers=accept)
    nobody = await ask(union.app, "/@nobody", host=union.domain, headers=accept)
    assert (hidden.status, hidden.headers, hidden.body) == (404, nobody.headers, nobody.body)


async def test_what_people_write_is_escaped_and_nothing_runs(union: TestUnion) -> None:
    def rename(session: Session) -> None:
        actor = find_local_actor(session, "ana")
        assert actor is not None
        session.get_one(Actor, actor.id).display_name = "<script>alert(1)</script>"

    await union.world.db.write(rename)
    post = await union.post("ana", "<img src=x onerror=alert(1)>", content_warning="<b>bold</b>")
    for path in ("/@ana", f"/@ana/{post.slug}"):
        page = await browse(union, path)
        assert page.status == 200
        assert b"<script>" not in page.body
        assert b"<img" not in page.body
        assert b"<b>bold" not in page.body
        assert b"style=" not in page.body


async def test_W20_a_page_loads_nothing_from_elsewhere(union: TestUnion) -> None:
    page = await browse(union, "/@ana")
    for attribute in (b'src="', b'<link rel="stylesheet" href="'):
        for place in page.body.split(attribute)[1:]:
            assert place.startswith(b"/static/")
    policy = page.headers["content-security-policy"]
    assert "'unsafe" not in policy
    assert "http" not in policy


async def test_a_server_gets_the_document_at_the_address_of_the_page(union: TestUnion) -> None:
    post = await union.post("ana", "Seen by all")
    for page, uri in ((f"/@ana/{post.slug}", post.uri), ("/@ana", "https://nurses.test/actors/ana")):
        answered = await ask(union.app, page, host=union.domain, headers=PEER)
        own = await ask(union.app, uri.removeprefix("https://nurses.test"), host=union.domain, headers=PEER)
        assert answered.status == 200
        assert answered.headers["content-type"] == "application/activity+json"
        assert answered.json == own.json
        assert "Accept" in answered.headers["vary"]
        assert "Accept" in (await browse(union, page)).headers["vary"]


async def test_a_deleted_account_is_gone(union: TestUnion) -> None:
    def remove(session: Session) -> None:
        actor = find_local_actor(session, "ana")
        assert actor is not None
        actor.deleted_at = actor.created_at

    await union.world.db.write(remove)
    assert (await browse(union, "/@ana")).status == 410


async def test_an_innocuous_name_is_the_title_of_every_page(union: TestUnion) -> None:
    named = replace(union.world.settings.instance, innocuous_name="Notes")
    app = create_app(replace(union.world, settings=replace(union.world.settings, instance=named), parts={}))
    for path in ("/", "/@ana", "/@nobody"):
        page = await ask(app, path, host=union.domain, headers=BROWSER)
        assert b"<title>Notes</title>" in page.body
        shown = await browse(union, path)
        assert b"Notes" not in shown.body
