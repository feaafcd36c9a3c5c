"""/search: accounts, posts and hashtags; a handle or an address is asked for at its server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.known import find_account, find_account_by_acct, find_account_by_address
from fediunion.actors.models import Actor
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import is_whole_name
from fediunion.members.attempts import Allowance, TooManyAttempts, count_attempts
from fediunion.social.posts.resolving import find_post_by_address, find_remote_account, find_remote_post
from fediunion.social.search.people import search_accounts, search_tags
from fediunion.social.search.queries import search_posts
from fediunion.web.forms import Form
from fediunion.web.listing import page_of, people_of, ways_on
from fediunion.web.notes import Tone
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import load_rows
from fediunion.web.shown import ShownPerson, ShownPost
from fediunion.web.visitors import Visitor
from fediunion.web.visits import Visit

PATH: Final = "/search"
LONGEST_QUERY: Final = 500
_FEW, _MANY = 5, 20
_DEEPEST: Final = 10_000
ASKED_OTHERS: Final = (60, 3600)
_KINDS: Final[Mapping[str, Sentence]] = {
    "": Sentence("Everything"),
    "people": Sentence("People"),
    "posts": Sentence("Posts"),
    "tags": Sentence("Hashtags"),
}
_NOBODY: Final = Sentence("Nothing was found there, or the server did not answer.")
_TOO_OFTEN: Final = Sentence("Other servers were asked too often for you. Try again in an hour.")


async def show_search(visit: Visit) -> Response:
    """GET /search?q=…[&kind=people|posts|tags]: what is known here; nobody else is asked (W05)."""
    params = visit.request.query_params
    text, asked = params.get("q", "").strip()[:LONGEST_QUERY], params.get("kind", "")
    kind = asked if asked in _KINDS else ""
    most, wanted = (_MANY if kind else _FEW), page_of(visit, _MANY if kind else _FEW)
    start = params.get("from", "")
    offset = min(int(start), _DEEPEST) if start.isascii() and start.isdecimal() and len(start) < 6 else 0
    named = is_whole_name(text)
    people: list[ShownPerson] = []
    posts: list[ShownPost] = []
    tags: Sequence[str] = ()
    older = ""
    if text and kind in ("", "posts"):
        ids = await visit.world.db.read(_post_ids, text, visit.member, wanted)
        posts = await load_rows(visit, ids, back=PATH, context="")
        older = ways_on(visit, wanted, ids).older if kind else ""
    if text and kind in ("", "people"):
        actors = await visit.world.db.read(_accounts, text, visit.member, most, offset)
        people = list(people_of(visit, actors).values())
    if text and kind in ("", "tags") and not named:
        tags = await visit.world.db.read(search_tags, text, limit=most, offset=offset)
    if kind in ("people", "tags") and max(len(people), len(tags)) >= most:
        older = f"{PATH}?{urlencode({'q': text, 'kind': kind, 'from': offset + most})}"
    return page(
        visit,
        "search/search.html",
        active="search",
        text=text,
        kind=kind,
        tabs_shown=[
            (f"{PATH}?{urlencode({'q': text} | ({'kind': name} if name else {}))}", label, name == kind)
            for name, label in _KINDS.items()
        ],
        people=people,
        posts=posts,
        tags=tags,
        can_ask=named and not people and not posts,
        older=older,
    )


def _post_ids(session: Session, text: str, member: Visitor, wanted: Page) -> Sequence[int]:
    if text.startswith(("https://", "http://")):
        known = find_post_by_address(session, text)
        return [] if known is None else [known]
    return search_posts(session, text, member.viewer, wanted)


def _accounts(session: Session, text: str, member: Visitor, most: int, offset: int) -> Sequence[Actor]:
    found = search_accounts(session, text, member.viewer, limit=most, offset=offset, following=False)
    if offset or not is_whole_name(text):
        return found
    find = find_account_by_address if "://" in text else find_account_by_acct
    named = find(session, text, member.viewer)
    if named is None or named.suspended_at is not None:
        return found
    return [named, *(actor for actor in found if actor.id != named.id)][:most]


async def ask(visit: Visit, form: Form) -> Response:
    """POST /search/ask: asks the server that a handle or an address names, and leads to what it says."""
    text = form.get("q", "").strip()[:LONGEST_QUERY]
    again = f"{PATH}?{urlencode({'q': text})}"
    if not is_whole_name(text):
        return see_other(visit, again)
    try:
        found = await find_elsewhere(visit, text)
    except TooManyAttempts:
        return see_other(visit, again, _TOO_OFTEN, tone=Tone.NO)
    return see_other(visit, again, _NOBODY, tone=Tone.NO) if found is None else see_other(visit, found.path)


@dataclass(frozen=True)
class Found:
    """What a handle or an address names, as the member may see it: its page here, and which post it is."""

    path: str
    post_id: int | None = None


async def find_elsewhere(visit: Visit, text: str) -> Found | None:
    """Return what a handle or an address names, as its server says; None for nothing to be seen.

    Raises TooManyAttempts where the member had others asked too often.
    """
    most, seconds = ASKED_OTHERS
    member = visit.member
    await visit.world.db.write(
        count_attempts, [Allowance("search:ask", str(member.member_id), most, seconds)]
    )
    account = await find_remote_account(visit.world, text)
    if account is not None:
        known = await visit.world.db.read(find_account, account.id, member.viewer)
        if known is not None and known.suspended_at is None:
            return Found(people_of(visit, [known])[known.id].path)
    elif "://" in text:
        post = await find_remote_post(visit.world, text)
        if post is not None and await load_rows(visit, [post.id], back=PATH, context=""):
            return Found(f"/posts/{post.id}", post.id)
    return None


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_search, to=Who.MEMBER),
    sent(f"{PATH}/ask", ask, to=Who.MEMBER),
)
