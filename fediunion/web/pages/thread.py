"""/posts/{id}: a post with its whole thread as a member sees it, who liked it, and how it read before."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_local_actor
from fediunion.kit.errors import NotFound
from fediunion.kit.html import html_to_text
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.social.posts.jobs.threads import may_want_thread, want_thread
from fediunion.social.posts.models import Post
from fediunion.social.posts.policies import quotes_in
from fediunion.social.posts.queries import PostView, find_local_post, list_thread, views_of
from fediunion.social.posts.quote_links import without_quote_link
from fediunion.social.posts.reacting import list_boosters, list_favouriters, list_quoting
from fediunion.social.posts.service.edits import list_versions
from fediunion.social.posts.service.interactions.pins import PINNED_AUDIENCES
from fediunion.social.posts.visibility import get_visible_post
from fediunion.web.composing.beginning import begin_compose
from fediunion.web.composing.showing import ShownCompose, load_compose
from fediunion.web.listing import id_in_path, number_in, page_of, people_of, ways_on
from fediunion.web.plugged import feature_cards
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.rows import Place, load_rows, show_rows
from fediunion.web.visits import Visit

_ABOVE: Final = 40
_BELOW: Final = 40
_WHO: Final = {
    "favourites": (Sentence("Who marked it as a favourite"), list_favouriters),
    "boosts": (Sentence("Who boosted it"), list_boosters),
}


@dataclass(frozen=True)
class _Thread:
    post: Post
    above: Sequence[PostView]
    views: Sequence[PostView]
    below: Sequence[PostView]
    next_id: int | None
    compose: ShownCompose | None


async def show_thread(visit: Visit) -> Response:
    """GET /posts/{id}: what it answers, itself, and the answers, from `?after=ID` on.

    What the member may not see is left out without a trace (row V07). Raises NotFound.
    """
    found = await visit.world.db.read(_load, visit)
    post = found.post
    if post.id != id_in_path(visit):
        return RedirectResponse(f"/posts/{post.id}", 303)
    if may_want_thread(post, visit.reader.now):
        await visit.world.db.write(lambda session: want_thread(session, session.get_one(Post, post.id)))
    path = f"/posts/{post.id}"
    view = found.views[0]
    cards = await feature_cards(visit, [view])
    return page(
        visit,
        "posts/thread.html",
        above=await show_rows(visit, found.above, back=path, context="thread"),
        post=Place(visit, path, "thread", cards=cards).shown(view),
        below=await show_rows(visit, found.below, back=path, context="thread"),
        later=f"{path}?after={found.next_id}" if found.next_id is not None else "",
        path=path,
        address=post.url or post.uri,
        own=post.author_id == visit.member.actor_id,
        writes_for_author=found.compose is not None
        and post.author_id in [each for each, _ in found.compose.institutions],
        author_id=post.author_id,
        quote_policy=quotes_in(post.interaction_policy, view.author),
        quotes_own=_way_to_revoke(visit, view),
        can_pin=post.audience in PINNED_AUDIENCES,
        pinned=view.pinned,
        muted=view.thread_muted,
        can_translate=_can_translate(visit, post),
        can_quote=post.local or bool(post.interaction_policy),
        compose=found.compose,
    )


def _way_to_revoke(visit: Visit, view: PostView) -> str:
    """Return where the member's own post is taken out of this one, "" where it quotes none."""
    if view.quoted is None or view.quoted.post.author_id != visit.member.actor_id:
        return ""
    return f"/posts/{view.quoted.post.id}/quotes/{view.post.id}/revoke"


def _can_translate(visit: Visit, post: Post) -> bool:
    other = (post.language or "").partition("-")[0].lower() != visit.reader.language
    return other and Audience(post.audience).is_public and bool(visit.settings.translation.url)


async def show_member_thread(visit: Visit, name: str, slug: str) -> Response:
    """Return the way from a post's public address to the page that its readers here have.

    Raises NotFound for who may not see it as for no post at all (row V02), and under another's name.
    """

    def find(session: Session) -> int:
        post, author = find_local_post(session, slug), find_local_actor(session, name)
        if post is None or author is None or post.author_id != author.id:
            raise NotFound("There is no such post.")
        return get_visible_post(session, post.id, visit.member.viewer).id

    return RedirectResponse(f"/posts/{await visit.world.db.read(find)}", 303)


async def show_people(visit: Visit) -> Response:
    """GET /posts/{id}/favourites and /boosts: who did, of those whom the member may know of."""
    kind = visit.request.url.path.rsplit("/", 1)[1]
    heading, find = _WHO[kind]
    wanted = page_of(visit)
    rows = await visit.world.db.read(_people, visit, find, wanted)
    people = people_of(visit, [actor for _, actor in rows])
    return page(
        visit,
        "posts/people.html",
        heading=heading,
        path=f"/posts/{id_in_path(visit)}",
        people=list(people.values()),
        ways=ways_on(visit, wanted, [row_id for row_id, _ in rows]),
    )


async def show_quoting(visit: Visit) -> Response:
    """GET /posts/{id}/quoting: the posts that quote it."""
    wanted, number = page_of(visit), id_in_path(visit)

    def load(session: Session) -> tuple[bool, Sequence[int]]:
        post = get_visible_post(session, number, visit.member.viewer)
        own = post.author_id == visit.member.actor_id
        return own, list_quoting(session, number, visit.member.viewer, wanted)

    own, ids = await visit.world.db.read(load)
    back = f"/posts/{number}/quoting"
    rows = await load_rows(visit, ids, back=back, context="thread")
    ways = ways_on(visit, wanted, ids)
    return page(visit, "posts/quoting.html", path=f"/posts/{number}", own=own, posts=rows, ways=ways)


async def show_history(visit: Visit) -> Response:
    """GET /posts/{id}/history: each version with what it changed."""

    def load(session: Session) -> tuple[Post, list[tuple[object, str, str]]]:
        post = get_visible_post(session, id_in_path(visit), visit.member.viewer)
        earlier = [
            (each.written_at, each.content_warning, html_to_text(without_quote_link(each.content)))
            for each in list_versions(session, post)
        ]
        words = html_to_text(without_quote_link(post.content))
        now = (post.edited_at or post.published_at, post.content_warning, words)
        return post, [*earlier, now]

    post, versions = await visit.world.db.read(load)
    shown_versions = [
        {
            "at": at,
            "warning": warning,
            "changes": Markup() if number == 0 else differences(versions[number - 1][2], text),
            "text": text,
        }
        for number, (at, warning, text) in enumerate(versions)
    ]
    return page(
        visit,
        "posts/history.html",
        path=f"/posts/{post.id}",
        language=post.language or "",
        versions=shown_versions[::-1],
    )


def differences(before: str, after: str) -> Markup:
    """Return a text with what was taken out and put in marked, word by word."""
    old, new = before.split(), after.split()
    parts: list[Markup] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(Markup("{}").format(" ".join(old[i:j])))
            continue
        if i < j:
            parts.append(Markup("<del>{}</del>").format(" ".join(old[i:j])))
        if k < m:
            parts.append(Markup("<ins>{}</ins>").format(" ".join(new[k:m])))
    return Markup(" ").join(parts)


def _load(session: Session, visit: Visit) -> _Thread:
    viewer = visit.member.viewer
    post = get_visible_post(session, id_in_path(visit), viewer)
    if post.boost_of_id is not None:
        return _Thread(get_visible_post(session, post.boost_of_id, viewer), (), (), (), None, None)
    above, below = list_thread(session, post, viewer)
    start = _start(below, number_in(visit, "after"))
    shown_ids = below[start : start + _BELOW]
    rest = len(below) > start + _BELOW
    views = views_of(session, [*above[-_ABOVE:], post.id, *shown_ids], viewer)
    by_id = {view.post.id: view for view in views}
    if post.id not in by_id:
        raise NotFound("There is no such post.")
    state = begin_compose(session, visit, {"reply": str(post.id)})
    return _Thread(
        post,
        [by_id[each] for each in above[-_ABOVE:] if each in by_id],
        [by_id[post.id]],
        [by_id[each] for each in shown_ids if each in by_id],
        shown_ids[-1] if rest else None,
        load_compose(session, visit, state),
    )


def _start(below: Sequence[int], after: int | None) -> int:
    return below.index(after) + 1 if after in below else 0


def _people(
    session: Session, visit: Visit, find: Callable[..., Any], wanted: Page
) -> list[tuple[int, Actor]]:
    get_visible_post(session, id_in_path(visit), visit.member.viewer)
    rows: list[tuple[int, Actor]] = find(session, id_in_path(visit), visit.member.viewer, wanted)
    return rows


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/posts/{id:int}", show_thread, to=Who.MEMBER),
    shown("/posts/{id:int}/favourites", show_people, to=Who.MEMBER),
    shown("/posts/{id:int}/boosts", show_people, to=Who.MEMBER),
    shown("/posts/{id:int}/quoting", show_quoting, to=Who.MEMBER),
    shown("/posts/{id:int}/history", show_history, to=Who.MEMBER),
)
