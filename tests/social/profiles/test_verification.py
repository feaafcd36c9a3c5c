"""rel="me": a link of a profile is proven when the page that it leads to links back."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Reach
from fediunion.kit.asgi import Message, Receive, Send
from fediunion.kit.clock import format_instant
from fediunion.social.profiles.service import ProfileChanges, update_profile
from fediunion.social.profiles.verification import MAX_PAGE_BYTES, VERIFY_EVERY_SECONDS, verify_all_links
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.social.posts.scene import BASE, Scene, ours
from tests.social.posts.staging import staged

BLOG = "https://blog.example/about"
LINK_BACK = f'<html><body><a rel="me" href="{BASE}/@ana">me elsewhere</a></body></html>'


class Blog:
    """Somebody's page on the web."""

    def __init__(self) -> None:
        self.status = 200
        self.type = "text/html; charset=utf-8"
        self.body = LINK_BACK
        self.asked: list[dict[bytes, bytes]] = []

    async def __call__(self, scope: Message, _receive: Receive, send: Send) -> None:
        """Answer with the page."""
        self.asked.append(dict(scope["headers"]))
        headers = [(b"content-type", self.type.encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body.encode()})


@pytest.fixture
async def scene(databases: Databases, clock: FakeClock) -> AsyncIterator[Scene]:
    async with staged(databases, clock) as scene:
        yield scene


@pytest.fixture
def blog(scene: Scene) -> Blog:
    blog = Blog()
    scene.internet.join("blog.example", blog)
    return blog


async def save(scene: Scene, *texts: str) -> None:
    """Let ana save these fields, and run what that causes."""

    def change(session: Session) -> None:
        fields = [(f"Field {number}", text) for number, text in enumerate(texts)]
        update_profile(session, ours(session, "ana"), ProfileChanges(fields=fields))

    await scene.write(change)
    await scene.settle()


async def verified(scene: Scene) -> list[str | None]:
    """Return when each of ana's fields was verified."""
    return await scene.read(lambda session: [field["verified_at"] for field in ours(session, "ana").fields])


async def test_a_field_whose_page_links_back_is_verified_and_others_are_not(scene: Scene, blog: Blog) -> None:
    await save(scene, BLOG, "she/her", "http://blog.example/", f"see {BLOG}")
    assert await verified(scene) == [format_instant(scene.clock.now()), None, None, None]
    assert len(blog.asked) == 1
    sent = b" ".join(name + value for name, value in blog.asked[0].items()).lower()
    assert b"ana" not in sent, "V32: the page does not learn who links to it"
    assert b"signature" not in sent


async def test_a_link_says_rel_me_itself(scene: Scene, blog: Blog) -> None:
    await save(scene, BLOG, f"see {BLOG}")
    values = await scene.read(lambda session: [field["value"] for field in ours(session, "ana").fields])
    assert [' rel="me ' in value for value in values] == [True, False]


@pytest.mark.parametrize(
    ("status", "type", "body"),
    [
        (200, "text/html", f'<a rel="me" href="{BASE}/@cleo">'),
        (200, "text/html", f'<a href="{BASE}/@ana">'),
        (200, "text/plain", LINK_BACK),
        (200, "text/html", "x" * MAX_PAGE_BYTES + LINK_BACK),
        (404, "text/html", LINK_BACK),
    ],
)
async def test_H09_a_page_that_does_not_link_back_proves_nothing_and_ends_what_it_proved(
    scene: Scene, blog: Blog, status: int, type: str, body: str
) -> None:
    await save(scene, BLOG)
    assert await verified(scene) != [None]
    blog.status, blog.type, blog.body = status, type, body
    await save(scene, BLOG)
    assert await verified(scene) == [None]


async def test_a_page_that_cannot_be_had_now_changes_nothing(scene: Scene, blog: Blog) -> None:
    await save(scene, BLOG)
    before = await verified(scene)
    blog.status = 503
    scene.clock.advance(days=1)
    await save(scene, BLOG)
    assert await verified(scene) == before != [None]


async def test_pages_are_looked_at_again_every_week(scene: Scene, blog: Blog) -> None:
    await save(scene, BLOG)
    blog.body = "<p>moved on</p>"
    scene.clock.advance(seconds=VERIFY_EVERY_SECONDS)
    await verify_all_links(scene.union.world, {})
    await scene.settle()
    assert await verified(scene) == [None]


async def test_nobody_is_asked_about_a_hidden_member(scene: Scene, blog: Blog) -> None:
    def hide(session: Session) -> None:
        ours(session, "ana").reach = Reach.HIDDEN

    await scene.write(hide)
    await save(scene, BLOG)
    await verify_all_links(scene.union.world, {})
    await scene.settle()
    assert blog.asked == []


async def test_what_another_server_says_of_a_field_is_no_verification_of_ours(
    scene: Scene, blog: Blog
) -> None:
    field = {"type": "PropertyValue", "name": "Blog", "value": f'<a href="{BLOG}">{BLOG}</a>'}
    scene.bob.more["attachment"] = [field | {"verified_at": "2026-01-01T00:00:00Z"}]
    scene.bob.serve()
    assert await scene.receive(scene.bob.activity("Update", scene.bob.document())) == "done"
    bob = await scene.known(scene.bob)
    assert [shown["verified_at"] for shown in bob.fields] == [None]
    assert blog.asked == []
