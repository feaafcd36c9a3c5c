"""The pages of institutions and public members: what a stranger sees, and what a server gets there."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import ActorKind
from fediunion.actors.queries import find_local_actor
from fediunion.app.application import create_app
from fediunion.config import FederationMode
from fediunion.social.posts.models import Pin
from fediunion.social.posts.service.interactions import boost as boost_post
from tests.app.asking import ask
from tests.attacks.front import statements
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, running
from tests.web.pages.public.looking import (
    BROWSER,
    PEER,
    assert_same_as_nobody,
    attributes_of,
    browse,
    change,
    json_ld_of,
    meta_of,
)

LINK = '<a href="https://ana.example/" rel="nofollow noopener noreferrer">ana.example</a>'


async def test_a_public_member_has_a_page_with_the_public_posts(union: TestUnion) -> None:
    await union.post("ana", "Seen by all")
    await union.post("ana", "Seen by followers", audience=Audience.FOLLOWERS)
    page = await browse(union, "/@ana")
    assert page.status == 200
    assert b"Seen by all" in page.body
    assert b"Seen by followers" not in page.body


async def test_tabs_show_replies_and_media_without_a_script(union: TestUnion) -> None:
    first = await union.post("jobs", "A nurse is wanted")
    await union.post("ana", "I apply", in_reply_to=first.uri)
    assert b"I apply" not in (await browse(union, "/@ana")).body
    assert b"I apply" in (await browse(union, "/@ana/with_replies")).body
    media = await browse(union, "/@ana/media")
    assert b"I apply" not in media.body
    assert b"Nothing public here" in media.body
    assert b'href="/@ana/media" aria-current="page"' in media.body


async def test_older_posts_are_on_further_pages(union: TestUnion, clock: FakeClock) -> None:
    for number in range(23):
        clock.advance(minutes=1)
        await union.post("jobs", f"job number {number:02}")
    first = (await browse(union, "/@jobs")).body.decode()
    older = first.partition('rel="next" href="')[2].partition('"')[0]
    second = await browse(union, older)
    assert "job number 22" in first
    assert "job number 02" not in first
    assert b"job number 02" in second.body
    assert b'href="/@jobs"' in second.body
    assert meta_of(second, "robots") == "noindex"
    assert (await browse(union, "/@jobs?before=none")).status == 404
    assert (await browse(union, f"/@jobs?before={1 << 63}")).status == 404


async def test_a_pinned_post_comes_first_and_only_once(union: TestUnion, clock: FakeClock) -> None:
    pinned = await union.post("ana", "Read this first")
    clock.advance(minutes=1)
    await union.post("ana", "Something newer")

    def pin(session: Session) -> None:
        session.add(Pin(actor_id=pinned.author_id, post_id=pinned.id, created_at=pinned.published_at))

    await union.world.db.write(pin)
    body = (await browse(union, "/@ana")).body
    assert body.index(b"Read this first") < body.index(b"Something newer")
    assert body.count(b"Read this first") == 1


async def test_an_institution_tells_search_engines_and_previews_who_it_is(union: TestUnion) -> None:
    await change(union, "jobs", summary="<p>Vacancies &amp; more</p>", display_name='Jobs "now"')
    page = await browse(union, "/@jobs")
    assert meta_of(page, "robots") is None
    assert meta_of(page, "og:type") == "profile"
    assert meta_of(page, "og:description") == "Vacancies &amp; more"
    (data,) = json_ld_of(page)
    assert data["@type"] == "ProfilePage"
    assert data["mainEntity"]["@type"] == "Organization"
    assert data["mainEntity"]["name"] == 'Jobs "now"'
    assert data["mainEntity"]["url"] == "https://nurses.test/@jobs"
    assert b'type="application/activity+json" href="https://nurses.test/actors/jobs"' in page.body


async def test_V38_a_member_who_is_not_to_be_found_gives_machines_nothing(union: TestUnion) -> None:
    await change(union, "ana", summary="<p>I nurse</p>")
    page = await browse(union, "/@ana")
    assert meta_of(page, "robots") == "noindex"
    assert meta_of(page, "og:description") is None
    assert meta_of(page, "og:image") is None
    assert json_ld_of(page) == []
    await change(union, "ana", indexable=True)
    page = await browse(union, "/@ana")
    assert meta_of(page, "robots") is None
    assert meta_of(page, "og:description") == "I nurse"
    assert json_ld_of(page)[0]["mainEntity"]["@type"] == "Person"


async def test_H09_fields_are_shown_with_what_was_verified(union: TestUnion) -> None:
    fields = [
        {"name": "Web", "value": LINK, "verified_at": "2026-11-22T00:00:00Z"},
        {"name": "Mine too", "value": LINK.replace("ana.example", "other.example")},
        {"name": "<b>Ward</b>", "value": "12"},
    ]
    await change(union, "ana", fields=fields, indexable=True)
    page = await browse(union, "/@ana")
    assert page.body.count(b"verified") == 1
    assert b"&lt;b&gt;Ward" in page.body
    assert b'<link rel="me" href="https://ana.example/">' in page.body
    assert b'<link rel="me" href="https://other.example/">' in page.body
    assert json_ld_of(page)[0]["mainEntity"]["sameAs"] == ["https://ana.example/"]


@pytest.mark.parametrize("name", ["heron", "fern", "HERON"])
@pytest.mark.parametrize("accept", [BROWSER, PEER], ids=["browser", "peer"])
async def test_I4_a_page_of_who_is_hidden_is_the_page_of_nobody(
    union: TestUnion, name: str, accept: list[tuple[str, str]]
) -> None:
    rest = ("/with_replies", "/media") if accept is PEER else ("", "/with_replies", "/media")
    tails = rest if name == "fern" else ("", *rest)
    for tail in tails:
        await assert_same_as_nobody(union, f"/@{name}{tail}", f"/@nobody{tail}", accept=accept)


async def test_I4_nothing_of_a_hidden_member_is_shown_by_way_of_others(union: TestUnion) -> None:
    written = await union.post("ana", "Written in public")

    def boost(session: Session) -> None:
        booster = find_local_actor(session, "jobs")
        assert booster is not None
        boost_post(session, booster, written.id)

    await union.world.db.write(boost)
    assert b"Written in public" in (await browse(union, "/@jobs")).body
    for reach in ("followable", "hidden"):
        await change(union, "ana", reach=reach)
        page = await browse(union, "/@jobs")
        assert b"Written in public" not in page.body
        assert b"@ana" not in page.body


@pytest.mark.parametrize("mode", [FederationMode.ALLOWLIST, FederationMode.OPEN], ids=str)
async def test_V36_where_signatures_are_asked_for_only_institutions_have_pages(
    databases: Databases, clock: FakeClock, tmp_path: Path, mode: FederationMode
) -> None:
    url = databases.with_tables()
    settings = settings_for("nurses.test", tmp_path, url)
    strict = replace(settings.federation, mode=mode, authorized_fetch=mode is FederationMode.OPEN)
    union = await TestUnion.start(
        FakeInternet(), "nurses.test", url, clock, settings=replace(settings, federation=strict)
    )
    async with running(union):
        await union.member("jobs", kind=ActorKind.BOARD)
        await union.member("ana")
        first = await union.post("jobs", "A nurse is wanted #work")
        await union.post("ana", "I apply #work", in_reply_to=first.uri)
        for path in ("/@jobs", f"/@jobs/{first.slug}", "/tags/work", "/"):
            page = await browse(union, path)
            assert page.status == 200
            assert b"A nurse is wanted" in page.body
            assert b"I apply" not in page.body
        await assert_same_as_nobody(union, "/@ana", "/@nobody", accept=BROWSER)


async def test_what_people_write_is_escaped_and_nothing_runs(union: TestUnion) -> None:
    await change(union, "ana", display_name="</title><script>alert(1)</script>", indexable=True)
    post = await union.post("ana", "<img src=x onerror=alert(1)> {{7*7}}", content_warning="<b>bold</b>")
    for path in ("/@ana", f"/@ana/{post.slug}"):
        page = await browse(union, path)
        assert page.status == 200
        assert b"<script>" not in page.body
        assert b"<img" not in page.body
        assert b"<b>bold" not in page.body
        assert b"style=" not in page.body


async def test_H18_data_for_machines_cannot_end_its_element(union: TestUnion) -> None:
    name = "</script><script>alert(1)</script><!-- \u2028 &"
    await change(union, "jobs", display_name=name)
    page = await browse(union, "/@jobs")
    assert json_ld_of(page)[0]["mainEntity"]["name"] == name
    block = page.body.partition(b'<script type="application/ld+json">')[2].partition(b"</script>")[0]
    assert not set("<>&\u2028") & set(block.decode())


async def test_H20_what_people_write_cannot_leave_an_attribute(union: TestUnion) -> None:
    name = "\" onmouseover='alert(1)' x=\" ]]>"
    await change(union, "ana", display_name=name, summary=f"<p>{name}</p>", indexable=True)
    page = await browse(union, "/@ana")
    assert "onmouseover" not in attributes_of(page)
    assert meta_of(page, "og:description") is not None


async def test_W20_a_page_loads_nothing_from_elsewhere(union: TestUnion) -> None:
    page = await browse(union, "/@ana")
    for attribute in (b'src="', b'<link rel="stylesheet" href="'):
        for place in page.body.split(attribute)[1:]:
            assert place.startswith(b"/")
            assert not place.startswith(b"//")
    policy = page.headers["content-security-policy"]
    assert "'unsafe" not in policy
    assert "http" not in policy


async def test_a_server_gets_the_document_at_the_address_of_the_page(union: TestUnion) -> None:
    post = await union.post("ana", "Seen by all")
    for path, uri in ((f"/@ana/{post.slug}", post.uri), ("/@ana", "https://nurses.test/actors/ana")):
        answered = await ask(union.app, path, host=union.domain, headers=PEER)
        own = await ask(union.app, uri.removeprefix("https://nurses.test"), host=union.domain, headers=PEER)
        assert answered.status == 200
        assert answered.headers["content-type"] == "application/activity+json"
        assert answered.json == own.json
        assert "Accept" in answered.headers["vary"]
        assert "Accept" in (await browse(union, path)).headers["vary"]


async def test_V33_a_deleted_account_is_gone(union: TestUnion) -> None:
    deleted_at: datetime = (await union.actor("ana")).created_at
    await change(union, "ana", deleted_at=deleted_at)
    assert (await browse(union, "/@ana")).status == 410


async def test_an_account_that_moved_says_where(union: TestUnion) -> None:
    await change(union, "ana", moved_to_uri="https://clerks.test/actors/ana")
    page = await browse(union, "/@ana")
    assert b'href="https://clerks.test/actors/ana" rel="nofollow noopener noreferrer"' in page.body


async def test_an_innocuous_name_is_the_title_of_every_page(union: TestUnion) -> None:
    named = replace(union.world.settings.instance, innocuous_name="Notes")
    app = create_app(replace(union.world, settings=replace(union.world.settings, instance=named), parts={}))
    for path in ("/", "/@ana", "/@nobody"):
        page = await ask(app, path, host=union.domain, headers=BROWSER)
        assert b"<title>Notes</title>" in page.body
        shown = await browse(union, path)
        assert b"Notes" not in shown.body


@pytest.mark.parametrize("posts", [1, 19])
async def test_a_profile_costs_the_same_however_much_is_on_it(union: TestUnion, posts: int) -> None:
    for number in range(posts):
        await union.post("ana", f"post {number}")
    with statements() as executed:
        assert (await browse(union, "/@ana")).status == 200
    assert len(executed) <= 13, executed
