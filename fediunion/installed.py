"""The features of this server, lower floors first, and the tables that are made of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from sqlalchemy.orm import Session
from starlette.routing import BaseRoute

from fediunion.activitypub.vocab import DocumentClaim
from fediunion.actors import endpoints as actor_endpoints
from fediunion.actors import jobs as actor_jobs
from fediunion.actors.actor_app import actor_app
from fediunion.actors.models import Actor
from fediunion.actors.unmade import ActorMaker
from fediunion.actors.webfinger_app import webfinger_app
from fediunion.api import routes as api_routes
from fediunion.api.streaming.feature import FEATURE as STREAMING
from fediunion.backup.checking import CHECK_PAGES, NIGHTLY_SECONDS, check_pages
from fediunion.db.unit import Reaction
from fediunion.feature import ArchivedFiles, Feature
from fediunion.inbox import wiring as inbox_wiring
from fediunion.inbox.endpoints import inbox_app
from fediunion.inbox.forward import ForwardedActivity
from fediunion.inbox.rejections import Rejections
from fediunion.inbox.rules import Rules
from fediunion.jobs.handlers import Handlers
from fediunion.jobs.schedule import Every
from fediunion.kit.asgi import AsgiApp
from fediunion.members.feature import FEATURE as MEMBERS
from fediunion.oauth.feature import FEATURE as OAUTH
from fediunion.outbox import endpoints as outbox_endpoints
from fediunion.outbox import jobs as outbox_jobs
from fediunion.outbox.deliver import Deliverer
from fediunion.outbox.health import host_is_back
from fediunion.outbox.passing_on import pass_on
from fediunion.outbox.publish import AudienceExpander
from fediunion.outbox.queries import is_sent_here
from fediunion.social.annotations.feature import FEATURE as ANNOTATIONS
from fediunion.social.archives.feature import FEATURE as ARCHIVES
from fediunion.social.cards.feature import FEATURE as CARDS
from fediunion.social.collections.feature import FEATURE as COLLECTIONS
from fediunion.social.emoji.feature import FEATURE as EMOJI
from fediunion.social.exports.feature import FEATURE as EXPORTS
from fediunion.social.filters.feature import FEATURE as FILTERS
from fediunion.social.follows.feature import FEATURE as FOLLOWS
from fediunion.social.follows.queries import followed_here, followers_on_host
from fediunion.social.institutions.feature import FEATURE as INSTITUTIONS
from fediunion.social.lists.feature import FEATURE as LISTS
from fediunion.social.media.feature import FEATURE as MEDIA
from fediunion.social.moderation.feature import FEATURE as MODERATION
from fediunion.social.notifications.feature import FEATURE as NOTIFICATIONS
from fediunion.social.posts.endpoints import post_app
from fediunion.social.posts.feature import FEATURE as POSTS
from fediunion.social.posts.queries import is_open_here
from fediunion.social.profiles.feature import FEATURE as PROFILES
from fediunion.social.push.feature import FEATURE as PUSH
from fediunion.social.search.feature import FEATURE as SEARCH
from fediunion.social.timelines.feature import FEATURE as TIMELINES
from fediunion.social.transfers.feature import FEATURE as TRANSFERS
from fediunion.social.unpublished.feature import FEATURE as UNPUBLISHED
from fediunion.union.affiliation.feature import FEATURE as AFFILIATION
from fediunion.union.campaigns.feature import FEATURE as CAMPAIGNS
from fediunion.union.directory.feature import FEATURE as DIRECTORY
from fediunion.union.server_lists.feature import FEATURE as SERVER_LISTS
from fediunion.union.vacancies.feature import FEATURE as VACANCIES
from fediunion.web import pages as web_pages
from fediunion.web.plugged import Plugged
from fediunion.world import World

T = TypeVar("T")

ANY_METHOD: Final = "*"

FEATURES: tuple[Feature, ...] = (
    MEMBERS,
    OAUTH,
    PROFILES,
    FOLLOWS,
    MEDIA,
    EMOJI,
    PUSH,
    LISTS,
    ANNOTATIONS,
    POSTS,
    CARDS,
    TIMELINES,
    NOTIFICATIONS,
    SEARCH,
    FILTERS,
    UNPUBLISHED,
    MODERATION,
    TRANSFERS,
    INSTITUTIONS,
    COLLECTIONS,
    ARCHIVES,
    EXPORTS,
    STREAMING,
    AFFILIATION,
    SERVER_LISTS,
    VACANCIES,
    CAMPAIGNS,
    DIRECTORY,
)


def rules() -> Rules:
    """Return which handler runs for which activity. Raises ValueError when two claim one pair."""
    return Rules(rule for feature in FEATURES for rule in feature.activities)


def document_claims() -> Sequence[DocumentClaim]:
    """Return the documents that features recognise, those of higher features first."""
    return [claim for feature in reversed(FEATURES) for claim in feature.claims]


def reactions() -> Mapping[type, Sequence[Reaction]]:
    """Return what reacts to each type of event, lower features first."""
    table: dict[type, list[Reaction]] = defaultdict(list)
    for feature in FEATURES:
        for event, reacting in feature.reactions.items():
            table[event] += reacting
    return dict(table)


def audiences() -> Mapping[str, AudienceExpander]:
    """Return the named audiences. Raises ValueError when two features give one name."""
    return _merged("audience", [feature.audiences for feature in FEATURES])


def actor_makers() -> Sequence[ActorMaker]:
    """Return who makes actors of ours that are only asked for."""
    return [feature.makes_actor for feature in FEATURES if feature.makes_actor is not None]


def archived_files() -> Sequence[ArchivedFiles]:
    """Return what features put into members' archives."""
    return [feature.archived for feature in FEATURES if feature.archived is not None]


def plugged() -> Plugged:
    """Return what features put into pages."""
    return Plugged.of(FEATURES)


def job_handlers(rejections: Rejections) -> Handlers:
    """Return what runs each kind of job. Raises ValueError when two claim one kind."""
    core: list[Handlers] = [
        actor_jobs.JOBS,
        inbox_wiring.inbox_jobs(
            rules(),
            rejections,
            pass_on=_pass_on,
            heard_from=host_is_back,
            followed_here=followed_here,
            sent_here=is_sent_here,
            open_here=is_open_here,
        ),
        outbox_jobs.outbox_jobs(audiences()),
        {CHECK_PAGES: check_pages},
    ]
    return _merged("job", [*core, *(feature.jobs for feature in FEATURES)])


def schedule() -> Sequence[Every]:
    """Return what runs again and again."""
    own = [every for feature in FEATURES for every in feature.schedule]
    pages = Every(CHECK_PAGES, NIGHTLY_SECONDS)
    return [pages, *inbox_wiring.SCHEDULE, *outbox_jobs.SCHEDULE, *own]


def deliverer(world: World) -> Deliverer:
    """Return what delivers for `world`."""
    return Deliverer(world, followers_on_host)


def routes() -> list[BaseRoute]:
    """Return the routes of everything; the first that matches answers."""
    own = [route for feature in FEATURES for route in feature.routes]
    return [
        *api_routes.ROUTES,
        *actor_endpoints.ROUTES,
        *outbox_endpoints.ROUTES,
        *own,
        *web_pages.ROUTES,
    ]


def hot_apps(world: World, rejections: Rejections) -> Mapping[tuple[str, str], AsgiApp]:
    """Return the apps that are asked before the router, by method and path (`/actors/{name}` as written).

    Those by ANY_METHOD refuse the methods that they do not take, before anything is looked up.
    """
    inbox = inbox_app(world, rejections)
    return {
        (ANY_METHOD, "/inbox"): inbox,
        (ANY_METHOD, "/actors/{name}/inbox"): inbox,
        (ANY_METHOD, "/actors/{name}"): actor_app(world),
        ("GET", "/actors/{name}/posts/{slug}"): post_app,
        (ANY_METHOD, "/.well-known/webfinger"): webfinger_app(world),
        **api_routes.hot_apps(world),
    }


def _pass_on(session: Session, actor: Actor, forwarded: ForwardedActivity) -> None:
    pass_on(
        session,
        actor,
        uri=forwarded.uri,
        activity_type=forwarded.type,
        object_uri=forwarded.object_uri or None,
        body=forwarded.body,
    )


def _merged(what: str, tables: Sequence[Mapping[str, T]]) -> dict[str, T]:
    merged: dict[str, T] = {}
    for table in tables:
        for name, value in table.items():
            if name in merged:
                raise ValueError(f"two features claim the {what} {name}")
            merged[name] = value
    return merged
