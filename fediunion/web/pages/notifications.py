"""/notifications: what happened to the member, in groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.known import list_accounts
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.social.notifications.groups import Group, Selection, groups_page
from fediunion.social.notifications.models import Notification, NotificationKind, Severance
from fediunion.social.notifications.queries import OFFICE
from fediunion.social.notifications.requests import count_pending
from fediunion.social.notifications.service import clear, dismiss_group
from fediunion.social.posts.queries import PostView, views_of
from fediunion.social.timelines.markers import NOTIFICATIONS, last_read, mark_read_until
from fediunion.web.forms import Form
from fediunion.web.listing import page_of, people_of, ways_on, whole_number
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import show_rows
from fediunion.web.shown import ShownPerson, ShownPost
from fediunion.web.visitors import Visitor
from fediunion.web.visits import Visit

PATH: Final = "/notifications"
_TABS: Final[Mapping[str, tuple[Sentence, frozenset[str]]]] = {
    "": (Sentence("All"), frozenset()),
    "mentions": (Sentence("Mentions"), frozenset({NotificationKind.MENTION, NotificationKind.QUOTE})),
    "posts": (
        Sentence("Your posts"),
        frozenset({NotificationKind.FAVOURITE, NotificationKind.BOOST, NotificationKind.POLL}),
    ),
    "follows": (
        Sentence("Follows"),
        frozenset({NotificationKind.FOLLOW, NotificationKind.FOLLOW_REQUEST, NotificationKind.SEVERED}),
    ),
}
_SYMBOLS: Final[Mapping[str, str]] = {
    NotificationKind.MENTION: "reply",
    NotificationKind.POST: "feed",
    NotificationKind.BOOST: "boost",
    NotificationKind.FOLLOW: "person",
    NotificationKind.FOLLOW_REQUEST: "ask",
    NotificationKind.FAVOURITE: "star",
    NotificationKind.POLL: "poll",
    NotificationKind.EDIT: "write",
    NotificationKind.QUOTE: "copy",
    NotificationKind.QUOTED_UPDATE: "write",
    NotificationKind.MODERATION: "flag",
    NotificationKind.SIGN_UP: "people",
    NotificationKind.SEVERED: "server",
}
_READ: Final = Sentence("Everything up to here is marked as read.")
_DISMISSED: Final = Sentence("It is put away.")
_CLEARED: Final = Sentence("All notifications are put away.")


@dataclass(frozen=True)
class Loaded:
    """Groups with the people and posts that they are about; what is up to `last_read_id` is not new."""

    groups: Sequence[Group]
    actors: Mapping[int, Actor]
    views: Sequence[PostView]
    severances: Mapping[int, Severance]
    last_read_id: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class ShownGroup:
    """Notifications that stand together. `post` is what they are about, `path` where more is, or ""."""

    key: str
    symbol: str
    sentence: Sentence
    people: Sequence[ShownPerson]
    at: datetime
    is_new: bool
    post: ShownPost | None
    path: str


async def show_notifications(visit: Visit) -> Response:
    """GET /notifications[?kind=…]: a page of groups, newest first; what is new is marked."""
    asked = visit.request.query_params.get("kind", "")
    kind, wanted = (asked if asked in _TABS else ""), page_of(visit)
    member = visit.member
    found = await visit.world.db.read(
        load_groups, member.actor_id, member.viewer, wanted, _chosen(member, _TABS[kind][1])
    )
    return page(
        visit,
        "notifications/notifications.html",
        active="notifications",
        groups=await _shown_groups(visit, found),
        tabs_shown=[
            (f"{PATH}?kind={name}" if name else PATH, label, name == kind)
            for name, (label, _) in _TABS.items()
        ],
        newest=max((group.newest.id for group in found.groups), default=0),
        has_new=any(group.newest.id > found.last_read_id for group in found.groups),
        waiting=found.waiting,
        ways=ways_on(visit, wanted, [group.newest.id for group in found.groups]),
    )


def _chosen(member: Visitor, kinds: frozenset[str]) -> Selection:
    excluded: frozenset[str] = frozenset() if member.role != Role.MEMBER else frozenset(OFFICE)
    return Selection(kinds=kinds, excluded=excluded)


def load_groups(
    session: Session, actor_id: int, viewer: Viewer, wanted: Page, selection: Selection
) -> Loaded:
    """Return a page of a member's groups with all that they show, in as many statements as for one."""
    groups = groups_page(session, actor_id, wanted, selection)
    rows = [group.newest for group in groups]
    by = [(group.newest.from_actor_id, *group.sample_actor_ids) for group in groups]
    told = [row.severance_id for row in rows if row.severance_id is not None]
    severances = session.scalars(select(Severance).where(Severance.id.in_(told))) if told else ()
    people = list_accounts(session, dict.fromkeys(each for ids in by for each in ids), viewer)
    return Loaded(
        groups,
        {actor.id: actor for actor in people},
        views_of(session, [row.post_id for row in rows if row.post_id is not None], viewer),
        {each.id: each for each in severances},
        last_read(session, actor_id, NOTIFICATIONS) or 0,
        count_pending(session, actor_id).requests,
    )


async def _shown_groups(visit: Visit, found: Loaded) -> list[ShownGroup]:
    """Return the groups whose people and posts are there for the member, and are not hidden by a filter."""
    rows = await show_rows(visit, found.views, back=PATH, context="notifications")
    posts = {int(row.number): row for row in rows}
    people = people_of(visit, found.actors.values())
    return [
        _shown(group, people, posts, found)
        for group in found.groups
        if group.newest.from_actor_id in people
        and (group.newest.post_id is None or group.newest.post_id in posts)
    ]


def _shown(
    group: Group, people: Mapping[int, ShownPerson], posts: Mapping[int, ShownPost], found: Loaded
) -> ShownGroup:
    row = group.newest
    severed = found.severances.get(row.severance_id) if row.severance_id is not None else None
    first = people[row.from_actor_id]
    return ShownGroup(
        key=group.key,
        symbol=_SYMBOLS.get(row.kind, "bell"),
        sentence=_severed(severed)
        if severed is not None
        else sentence_about(row, first.shown_name, group.count - 1),
        people=[]
        if severed is not None
        else [people[each] for each in group.sample_actor_ids if each in people],
        at=row.created_at,
        is_new=row.id > found.last_read_id,
        post=posts[row.post_id] if row.post_id is not None else None,
        path="/follow-requests" if row.kind == NotificationKind.FOLLOW_REQUEST else "",
    )


def sentence_about(row: Notification, who: Markup, others: int) -> Sentence:
    """Return what a group says: `who` did it last, `others` before."""
    # A name may run in the other direction: isolates keep it from turning the sentence around.
    name = Markup("\u2068{}\u2069").format(who)
    if others > 0:
        match row.kind:
            case NotificationKind.FAVOURITE:
                return Sentence.counted(
                    "%(name)s and %(count)s other like your post",
                    "%(name)s and %(count)s others like your post",
                    count=others,
                    name=name,
                )
            case NotificationKind.BOOST:
                return Sentence.counted(
                    "%(name)s and %(count)s other boosted your post",
                    "%(name)s and %(count)s others boosted your post",
                    count=others,
                    name=name,
                )
            case NotificationKind.FOLLOW:
                return Sentence.counted(
                    "%(name)s and %(count)s other follow you",
                    "%(name)s and %(count)s others follow you",
                    count=others,
                    name=name,
                )
    return _alone(row.kind, name)


def _alone(kind: str, name: str) -> Sentence:
    match kind:
        case NotificationKind.MENTION:
            return Sentence("%(name)s mentions you", name=name)
        case NotificationKind.POST:
            return Sentence("%(name)s has written", name=name)
        case NotificationKind.BOOST:
            return Sentence("%(name)s boosted your post", name=name)
        case NotificationKind.FOLLOW:
            return Sentence("%(name)s follows you", name=name)
        case NotificationKind.FOLLOW_REQUEST:
            return Sentence("%(name)s asks to follow you", name=name)
        case NotificationKind.FAVOURITE:
            return Sentence("%(name)s likes your post", name=name)
        case NotificationKind.POLL:
            return Sentence("A poll has ended")
        case NotificationKind.EDIT:
            return Sentence("%(name)s edited a post that you boosted", name=name)
        case NotificationKind.QUOTE:
            return Sentence("%(name)s quotes your post", name=name)
        case NotificationKind.QUOTED_UPDATE:
            return Sentence("%(name)s edited a post that you quoted", name=name)
        case _:
            return _office(kind, name)


def _office(kind: str, name: str) -> Sentence:
    match kind:
        case NotificationKind.SIGN_UP:
            return Sentence("%(name)s asks for an account", name=name)
        case NotificationKind.MODERATION:
            return Sentence("%(name)s has reported somebody", name=name)
        case _:
            return Sentence("%(name)s has done something that this page does not know", name=name)


def _severed(severance: Severance) -> Sentence:
    return Sentence(
        "Follows ended because of a decision about %(target)s: you lost %(followers)s followers and follow "
        "%(following)s fewer.",
        target=f"\u2068{severance.target}\u2069",
        followers=severance.followers_count,
        following=severance.following_count,
    )


async def mark_read(visit: Visit, form: Form) -> Response:
    """POST /notifications/read: marks as read what was on the page; what came since stays new."""
    until = whole_number(form.get("until", ""))
    if until:
        await visit.world.db.write(mark_read_until, visit.member.actor_id, {NOTIFICATIONS: until})
    return see_other(visit, PATH, _READ)


async def dismiss(visit: Visit, form: Form) -> Response:
    """POST /notifications/dismiss: puts a group away. Raises NotFound for what is not the member's."""
    key = form.get("key", "")
    if len(key) > 64:
        raise NotFound("There is no such group.")
    await visit.world.db.write(dismiss_group, visit.member.actor_id, key)
    return see_other(visit, PATH, _DISMISSED)


async def dismiss_all(visit: Visit, form: Form) -> Response:
    """POST /notifications/clear: puts all away."""
    del form
    await visit.world.db.write(clear, visit.member.actor_id)
    return see_other(visit, PATH, _CLEARED)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_notifications, to=Who.MEMBER),
    sent(f"{PATH}/read", mark_read, to=Who.MEMBER),
    sent(f"{PATH}/dismiss", dismiss, to=Who.MEMBER),
    sent(f"{PATH}/clear", dismiss_all, to=Who.MEMBER),
)
