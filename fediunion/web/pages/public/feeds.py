"""Feeds: of institutions always, of public members where they chose so; and the page where they choose."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.db import now_of
from fediunion.kit.errors import NotFound
from fediunion.kit.feeds import RENDERERS, Feed
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.social.posts.documents import told_moment
from fediunion.social.posts.queries import PostView
from fediunion.social.profiles.feeds import choose_feed, offers_feed, wants_feed
from fediunion.web.feeds import entry_of
from fediunion.web.forms import Form
from fediunion.web.pages.public.heads import feeds_under
from fediunion.web.queries import LATEST, account_views, get_page_actor
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.structured import absolute, description_of
from fediunion.web.views import StrangersEyes
from fediunion.web.visits import Visit
from fediunion.world import world_of

SETTING: Final = "/settings/feed"
_ON: Final = Sentence("Your public posts can be read as a feed.")
_OFF: Final = Sentence("You have no feed.")
# A minute: what was deleted is gone from caches as soon.
_CACHING: Final = "public, max-age=60"


async def show_feed(request: Request) -> Response:
    """GET /@name/feed.atom, .rss or .json: the newest public posts, without boosts and replies.

    Of a search it is what the search passes on: it writes nothing itself.
    A member without a feed is nobody (row I4).
    """
    world, kind = world_of(request), request.url.path.rpartition(".")[2]
    media_type, render = RENDERERS[kind]
    actor, views, now = await world.db.read(_load, request.path_params["name"])
    settings, eyes = world.settings, StrangersEyes.at(now, world.settings)
    person = eyes.person(actor)
    home = absolute(person.path, settings.base_url)
    feed = Feed(
        home=home,
        address=f"{home}/feed.{kind}",
        title=person.name,
        description=description_of(actor.summary),
        language=settings.instance.languages[0],
        entries=[entry_of(eyes.post(view), settings.base_url) for view in views],
        icon=person.picture,
        updated_at=_last_change(actor, views),
    )
    return _answer(request, render(feed), media_type, feed.updated_at)


async def show_setting(visit: Visit) -> Response:
    """GET /settings/feed: whether the member wants a feed, and what that means."""
    actor, wanted = await visit.world.db.read(_own, visit.member.actor_id)
    return page(
        visit,
        "public/feed_setting.html",
        wanted=wanted,
        is_public=actor.reach == Reach.PUBLIC,
        feeds=feeds_under(f"/@{actor.username}"),
    )


async def save_setting(visit: Visit, form: Form) -> Response:
    """POST /settings/feed: keeps the choice."""
    wanted = form.get("feed") == "1"
    await visit.world.db.write(choose_feed, visit.member.actor_id, wanted=wanted)
    return see_other(visit, SETTING, _ON if wanted else _OFF)


def _load(session: Session, name: str) -> tuple[Actor, list[PostView], datetime]:
    actor = get_page_actor(session, name)
    if not offers_feed(session, actor):
        raise NotFound(f"Nobody here is called {name}.")
    passes_on = actor.kind == ActorKind.SEARCH
    views, _ = account_views(session, actor, Page(limit=LATEST), boosts=passes_on)
    shown = [view.boosted or view for view in views]
    return actor, [view for view in shown if view.post.audience == Audience.PUBLIC], now_of(session)


def _own(session: Session, actor_id: int) -> tuple[Actor, bool]:
    return session.get_one(Actor, actor_id), wants_feed(session, actor_id)


def _last_change(actor: Actor, views: Sequence[PostView]) -> datetime:
    """Return when the newest of these was written or edited; without posts, the day of the account."""
    moments = [told_moment(view.post.edited_at or view.post.published_at, actor) for view in views]
    return max(moments, default=actor.created_at.replace(hour=0, minute=0, second=0, microsecond=0))


def _answer(request: Request, body: bytes, media_type: str, changed_at: datetime) -> Response:
    """Return the feed, or 304 where the reader has it. Source: RFC 9110 section 13.2.2"""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "etag": tag,
        "last-modified": format_datetime(changed_at.astimezone(UTC), usegmt=True),
        "cache-control": _CACHING,
        "vary": "Accept-Encoding",
    }
    if _is_known(request, tag, changed_at):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers | {"content-type": media_type})


def _is_known(request: Request, tag: str, changed_at: datetime) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or tag in [each.strip().removeprefix("W/") for each in tags.split(",")]
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and changed_at.replace(microsecond=0) <= since


ROUTES: Final[Sequence[BaseRoute]] = (
    *(Route(f"/@{{name}}/feed.{kind}", show_feed, methods=["GET"]) for kind in RENDERERS),
    shown(SETTING, show_setting, to=Who.MEMBER),
    sent(SETTING, save_setting, to=Who.MEMBER),
)
