"""What a crawler without an account finds when it follows every link: nothing that is not for everybody."""

import re
from datetime import datetime, timedelta
from urllib.parse import unquote

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.drafts import PollDraft
from fediunion.social.posts.service.publishing import edit_post
from tests.app.asking import Answered
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running
from tests.web.pages.public.looking import browse, change

CANARY = "canary"
_MOMENT = re.compile('<time datetime="([^"]+)"')
_MOST_PAGES = 400
_LINK = re.compile(rb'(?:href|src)="((?:https://nurses\.test)?/[^"]*)"')


async def populated(union: TestUnion) -> None:
    """Have everybody post for every audience; what is not for everybody has the canary."""
    people = {"jobs": None, "ana": Reach.PUBLIC, "fern": Reach.FOLLOWABLE, "heron": Reach.HIDDEN}
    await union.member("jobs", kind=ActorKind.BOARD)
    for name in ("ana", "fern", "heron"):
        await union.member(name)
    beginning = await union.post("jobs", "In the open #work")
    for name in people:
        for audience in Audience:
            word = "open" if audience.is_public and name in ("jobs", "ana") else CANARY
            await union.post(name, f"{word} {name} {audience} #work", audience=audience)
            await union.post(
                name, f"{word} {name} {audience} answers #work", audience=audience, in_reply_to=beginning.uri
            )
    for name in ("fern", "heron"):
        quoted = await union.post(name, f"{CANARY} quoted", audience=Audience.PUBLIC)
        await union.post("jobs", f"open quote {name}", audience=Audience.PUBLIC, quote_of_id=quoted.id)
    for name, reach in people.items():
        if reach is not None:
            await change(union, name, reach=reach, summary=f"<p>summary of {name}</p>", indexable=True)


async def crawl(union: TestUnion, *starts: str) -> dict[str, Answered]:
    """Follow every link on this server from where it starts; return the answers by path."""
    found: dict[str, Answered] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found or path.startswith(("/static/", "/sign-in")) or "lang=" in path:
            continue
        found[path] = await browse(union, path)
        assert len(found) < _MOST_PAGES, "the pages do not come to an end"
        links = _LINK.findall(found[path].body)
        waiting += [
            unquote(link.decode()).replace("&amp;", "&").removeprefix("https://nurses.test").partition("#")[0]
            for link in links
        ]
    return found


async def test_V02_V08_V10_V11_a_crawler_finds_only_what_is_for_everybody(
    databases: Databases, clock: FakeClock
) -> None:
    union = await TestUnion.start(FakeInternet(), "nurses.test", databases.with_tables(), clock)
    async with running(union):
        await populated(union)
        feeds = [
            f"/@{name}/feed.{kind}" for name in ("jobs", "ana", "fern", "heron") for kind in ("atom", "json")
        ]
        tabs = [f"/@{name}{tab}" for name in ("jobs", "ana") for tab in ("", "/with_replies", "/media")]
        found = await crawl(union, "/", "/tags/work", "/about", "/transparency", *tabs, *feeds)
        shown = {path for path, page in found.items() if page.status == 200}
        assert {"/", "/tags/work", "/@jobs", "/@ana", "/@jobs/feed.atom"} <= shown
        assert len([path for path in shown if re.fullmatch(r"/@(jobs|ana)/[0-9a-zA-Z_-]{16,}", path)]) >= 8
        assert not [path for path in shown if path.startswith(("/@ana/feed", "/@fern", "/@heron"))]
        for path in shown:
            body = found[path].body.decode()
            for secret in (CANARY, "fern@", "heron@", "summary of fern", "summary of heron"):
                assert secret not in body, (secret, path)


async def test_no_page_of_a_members_poll_or_history_tells_a_second(
    union: TestUnion, clock: FakeClock
) -> None:
    clock.advance(37.5)
    ends_at = clock.now() + timedelta(hours=1)
    post = await union.post("ana", "Shall we?", poll=PollDraft(options=["Yes", "No"], ends_at=ends_at))
    clock.advance(100)

    def edit(session: Session) -> None:
        author, own = session.get_one(Actor, post.author_id), session.get_one(Post, post.id)
        edit_post(session, author, own, text="Now?", content_warning="", sensitive=False, language=None)

    await union.world.db.write(edit)
    told = []
    for more in ("", "/history"):
        page = await browse(union, f"/@ana/{post.slug}{more}")
        assert page.status == 200
        told += [datetime.fromisoformat(moment) for moment in _MOMENT.findall(page.body.decode())]
    assert ends_at.replace(second=0, microsecond=0) in told
    assert {(moment.second, moment.microsecond) for moment in told} == {(0, 0)}
