"""The pages of institutions and public members: who they are, their posts, replies and media."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.media_types import is_activity_type
from fediunion.actors.actor_app import answer_actor
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.unmade import make_if_wanted
from fediunion.kit.page_links import link_of_field
from fediunion.kit.pages import Page
from fediunion.social.media.addresses import MediaAddresses
from fediunion.social.posts.queries import PostView
from fediunion.social.profiles.feeds import offers_feed
from fediunion.web.emoji import text_with_emoji, with_emoji
from fediunion.web.pages.profile import show_profile as show_as_member
from fediunion.web.pages.public.heads import Head, feeds_under, id_before
from fediunion.web.plugged import feature_cards
from fediunion.web.queries import LATEST, account_views, get_page_actor, pinned_views
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.shown import ShownPerson
from fediunion.web.structured import description_of, json_ld, profile_ld
from fediunion.web.views import StrangersEyes
from fediunion.web.visits import Visit

POSTS: Final = "posts"
REPLIES: Final = "with_replies"
MEDIA: Final = "media"


@dataclass(frozen=True)
class _Profile:
    actor: Actor
    offers_feed: bool
    pinned: Sequence[PostView]
    posts: Sequence[PostView]
    next_before: int | None


async def show_profile(visit: Visit) -> Response:
    """GET /@name: the page, or for servers the same document as the actor's own address."""
    request = visit.request
    if wants_document(request):
        answer = await answer_actor(visit.world, request.scope, request.path_params["name"])
        response = Response(answer.body, answer.status)
        response.raw_headers = list(answer.headers)
        return response
    return await _profile_page(visit, POSTS)


async def show_replies(visit: Visit) -> Response:
    """GET /@name/with_replies: also what was answered to others."""
    return await _profile_page(visit, REPLIES)


async def show_media(visit: Visit) -> Response:
    """GET /@name/media: posts with something attached."""
    return await _profile_page(visit, MEDIA)


def wants_document(request: Request) -> bool:
    """Whether a type of ActivityPub is asked for; browsers never do."""
    return any(is_activity_type(part) for part in request.headers.get("accept", "").split(","))


async def _profile_page(visit: Visit, tab: str) -> Response:
    # Some of our actors are there as soon as somebody asks for their names.
    await make_if_wanted(visit.world, visit.request.path_params["name"])
    if visit.visitor is not None:
        return await show_as_member(visit, visit.request.path_params["name"])
    before = id_before(visit)
    found = await visit.world.db.read(_load, visit.request.path_params["name"], tab, before)
    cards = await feature_cards(visit, [*found.pinned, *found.posts])
    actor, eyes = found.actor, StrangersEyes.at(visit.reader.now, visit.settings, cards)
    person = eyes.person(actor)
    own = f"{person.path}/{tab}" if tab != POSTS else person.path
    return page(
        visit,
        "public/profile.html",
        about=_head(visit, found, person, own, indexed=actor.indexable and tab == POSTS and before is None),
        person=person,
        uri=actor.uri,
        is_union=actor.kind == ActorKind.UNION,
        can_follow=eyes.federates,
        summary=with_emoji(actor.summary, actor.emojis, eyes.addresses),
        fields=[_field(field, actor, eyes.addresses) for field in actor.fields],
        moved_to=actor.moved_to_uri or "",
        header=eyes.addresses.header(actor) if actor.header_url else "",
        header_words=actor.header_description,
        tab=tab,
        own=own,
        feeds=feeds_under(person.path) if found.offers_feed else [],
        pinned=[eyes.post(view) for view in found.pinned],
        posts=[eyes.post(view) for view in found.posts],
        newest=own if before is not None else "",
        older=f"{own}?before={found.next_before}" if found.next_before is not None else "",
    )


def _load(session: Session, name: str, tab: str, before: int | None) -> _Profile:
    actor = get_page_actor(session, name)
    posts, next_before = account_views(
        session, actor, Page(limit=LATEST, max_id=before), replies=tab == REPLIES, media=tab == MEDIA
    )
    first = tab == POSTS and before is None
    pinned = pinned_views(session, actor) if first else []
    first_ids = {view.post.id for view in pinned}
    others = [view for view in posts if view.post.id not in first_ids]
    return _Profile(actor, offers_feed(session, actor), pinned, others, next_before)


def _head(visit: Visit, found: _Profile, person: ShownPerson, own: str, *, indexed: bool) -> Head:
    actor, base_url = found.actor, visit.settings.base_url
    links = [link for field in actor.fields if (link := link_of_field(field["value"]))]
    verified = [link_of_field(field["value"]) or "" for field in actor.fields if field.get("verified_at")]
    return Head(
        address=f"{base_url}{own}",
        title=f"{person.name} ({person.handle})",
        kind="profile",
        description=description_of(actor.summary) if indexed else "",
        image=person.picture if indexed else "",
        indexed=indexed,
        activity=actor.uri,
        feeds=feeds_under(person.path) if found.offers_feed else (),
        me=links,
        data=json_ld(profile_ld(person, base_url, summary=actor.summary, same_as=verified))
        if indexed
        else "",
    )


def _field(field: dict[str, Any], actor: Actor, addresses: MediaAddresses) -> dict[str, object]:
    return {
        "name": text_with_emoji(field["name"], actor.emojis, addresses),
        "value": with_emoji(field["value"], actor.emojis, addresses),
        "verified": bool(field.get("verified_at")),
    }


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/@{name}", show_profile, to=Who.ANYBODY),
    shown("/@{name}/with_replies", show_replies, to=Who.ANYBODY),
    shown("/@{name}/media", show_media, to=Who.ANYBODY),
)
