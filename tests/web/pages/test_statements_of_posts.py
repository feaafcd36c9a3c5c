"""How many statements whole pages of posts run: home, thread, profile, the public ones, the officers'."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, Reach
from fediunion.members.models import Role
from fediunion.social.moderation.reports import report
from tests.oauth.rig import Browser, Desk
from tests.web.pages.members import follow, write
from tests.web.pages.test_statements import counted

FEW, MORE = 2, 8
MOST = {
    "home": 22,
    "thread": 45,
    "profile": 22,
    "notifications": 20,
    "public front page": 12,
    "public profile": 12,
    "public thread": 12,
    "overview": 22,
}


async def fill(desk: Desk, start: int, end: int, thread_id: int) -> None:
    """Let new people, whom ana follows, write, answer in her thread, and be reported."""
    ana = await desk.union.actor("ana")
    for number in range(start, end):
        name = f"person{number}"
        other = await desk.union.member(name)
        await follow(desk, "ana", name)
        await write(desk, name, f"Number {number} #strike", audience=Audience.PUBLIC)
        await write(desk, name, "@ana An answer", audience=Audience.PUBLIC, in_reply_to_id=thread_id)
        await write(desk, "ana", f"Mine, number {number}", audience=Audience.PUBLIC)

        def complain(session: Session, other_id: int = other.id) -> None:
            reporter, target = session.get_one(Actor, ana.id), session.get_one(Actor, other_id)
            report(session, reporter, target, comment="Spam")

        await desk.db.write(complain)


async def statements(pages: Mapping[str, tuple[Browser, str]]) -> dict[str, int]:
    """Return how many statements each page runs."""
    found = {}
    for name, (browser, path) in pages.items():
        async with counted() as ran:
            answer = await browser.get(path)
        assert answer.status_code == 200, (path, answer.headers.get("location"))
        found[name] = len(ran)
    return found


async def test_whole_pages_of_posts_run_as_many_statements_for_many_posts_as_for_few(desk: Desk) -> None:
    member = await desk.member("ana")
    await desk.member("mo", role=Role.MODERATOR)

    def open_up(session: Session) -> None:
        session.get_one(Actor, member.actor_id).reach = Reach.PUBLIC

    await desk.db.write(open_up)
    post = await write(desk, "ana", "The thread", audience=Audience.PUBLIC)
    ana, mo, stranger = await desk.signed_in("ana"), await desk.signed_in("mo"), desk.browser()
    pages = {
        "home": (ana, "/home"),
        "thread": (ana, f"/posts/{post.id}"),
        "profile": (ana, "/@ana"),
        "notifications": (ana, "/notifications"),
        "public front page": (stranger, "/"),
        "public profile": (stranger, "/@ana"),
        "public thread": (stranger, f"/@ana/{post.slug}"),
        "overview": (mo, "/admin"),
    }
    await fill(desk, 0, FEW, post.id)
    # What is remembered of all members, such as who has filters, is read the first time.
    await statements(pages)
    few = await statements(pages)
    await fill(desk, FEW, MORE, post.id)
    assert await statements(pages) == few
    assert [name for name, number in few.items() if number > MOST[name]] == [], few
