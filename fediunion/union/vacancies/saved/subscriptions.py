"""What members hear of searches: who subscribes, and what matched. Nobody else ever learns of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.ids import new_token, token_hash
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.members.events import MemberErased
from fediunion.members.models import Member, MemberState
from fediunion.members.queries import find_member_of
from fediunion.social.follows.relationships import relationships_of
from fediunion.social.notifications.models import NotificationKind
from fediunion.social.notifications.service import notify_all
from fediunion.social.posts.visibility import find_visible_post
from fediunion.union.vacancies.models import OPEN_STATES, SearchSubscription, SubscriptionMatch, Vacancy

MOST_SUBSCRIPTIONS: Final = 50
TOLD_IN_AN_HOUR: Final = 10
"""So many vacancies a member is notified of within an hour; the others are on the page and in the mail."""

_HOUR: Final = timedelta(hours=1)
_FORGOTTEN_AT_ONCE: Final = 1000


class Digest(StrEnum):
    """How often a member is sent a mail about a search."""

    NEVER = ""
    DAILY = "daily"
    WEEKLY = "weekly"


def subscribe(session: Session, member_id: int, query: str) -> SearchSubscription:
    """Return the member's subscription to a canonical search, a second time the same one.

    Raises Invalid for one too many.
    """
    found = find_subscription(session, member_id, query)
    if found is not None:
        return found
    own = select(func.count()).where(SearchSubscription.member_id == member_id)
    if (session.scalar(own) or 0) >= MOST_SUBSCRIPTIONS:
        raise Invalid(
            Sentence("You can be told of %(most)s searches: end one of them first.", most=MOST_SUBSCRIPTIONS)
        )
    now = now_of(session)
    made = SearchSubscription(member_id=member_id, query=query, digest_sent_at=now, created_at=now)
    session.add(made)
    return made


def change_subscription(
    session: Session, member_id: int, subscription_id: int, *, notifies: bool, digest: str
) -> None:
    """Let a member hear otherwise of a search. Raises NotFound, Invalid for an unknown digest."""
    row = get_subscription(session, member_id, subscription_id)
    if digest not in set(Digest):
        raise Invalid(Sentence("Choose how often: never, each day or each week."), field="digest")
    if row.digest != digest:
        row.digest_sent_at = now_of(session)
    if not row.digest:
        # What is mailed is what matches from now on.
        earlier = update(SubscriptionMatch).where(
            SubscriptionMatch.subscription_id == row.id, SubscriptionMatch.mailed_at.is_(None)
        )
        session.execute(earlier.values(mailed_at=row.digest_sent_at))
    row.notify, row.digest = notifies, Digest(digest)


def end_subscription(session: Session, member_id: int, subscription_id: int) -> None:
    """Let a member hear no more of a search. Raises NotFound."""
    session.delete(get_subscription(session, member_id, subscription_id))


def renew_feed(session: Session, member_id: int, subscription_id: int) -> str:
    """Return the secret in the new address of a subscription's feed; the address before is dead.

    Only its hash is kept: it is shown once. Raises NotFound.
    """
    row, secret = get_subscription(session, member_id, subscription_id), new_token()
    row.feed_hash = token_hash(secret)
    return secret


def end_feed(session: Session, member_id: int, subscription_id: int) -> None:
    """Let a subscription have no feed. Raises NotFound."""
    get_subscription(session, member_id, subscription_id).feed_hash = None


def end_digests(session: Session, member_id: int) -> None:
    """Send a member no more mails about searches."""
    for row in list_subscriptions(session, member_id):
        row.digest = Digest.NEVER


def find_subscription(session: Session, member_id: int, query: str) -> SearchSubscription | None:
    """Return the subscription of a member to a canonical search."""
    return session.scalar(
        select(SearchSubscription).where(
            SearchSubscription.member_id == member_id, SearchSubscription.query == query
        )
    )


def get_subscription(session: Session, member_id: int, subscription_id: int) -> SearchSubscription:
    """Return a member's own subscription; raise NotFound for any other."""
    found = session.get(SearchSubscription, subscription_id)
    if found is None or found.member_id != member_id:
        raise NotFound(Sentence("There is no such search."))
    return found


def find_by_feed(session: Session, secret: str) -> SearchSubscription | None:
    """Return the subscription whose feed has that secret, of a member who may act; None for any other."""
    return session.scalar(
        select(SearchSubscription)
        .join(Member, Member.id == SearchSubscription.member_id)
        .where(SearchSubscription.feed_hash == token_hash(secret), Member.state == MemberState.ACTIVE)
    )


def list_subscriptions(session: Session, member_id: int) -> Sequence[SearchSubscription]:
    """Return what a member subscribes to, the oldest first."""
    own = select(SearchSubscription).where(SearchSubscription.member_id == member_id)
    return session.scalars(own.order_by(SearchSubscription.id)).all()


def newest_matches(
    session: Session, subscription_ids: Collection[int], *, most: int
) -> Mapping[int, Sequence[Vacancy]]:
    """Return the vacancies that matched last, of those that are open, by subscription; in one statement."""
    place = func.row_number().over(
        partition_by=SubscriptionMatch.subscription_id,
        order_by=(SubscriptionMatch.matched_at.desc(), SubscriptionMatch.vacancy_id.desc()),
    )
    ranked = (
        select(SubscriptionMatch.subscription_id, SubscriptionMatch.vacancy_id, place.label("place"))
        .join(Vacancy, Vacancy.id == SubscriptionMatch.vacancy_id)
        .where(SubscriptionMatch.subscription_id.in_(subscription_ids), *can_be_applied_for(session))
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.subscription_id, Vacancy)
        .join(Vacancy, Vacancy.id == ranked.c.vacancy_id)
        .where(ranked.c.place <= most)
        .order_by(ranked.c.place)
    )
    found: dict[int, list[Vacancy]] = defaultdict(list)
    for subscription_id, vacancy in rows:
        found[subscription_id].append(vacancy)
    return found


def can_be_applied_for(session: Session) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on Vacancy that hold for what members are told of: open, and not hidden."""
    return (
        Vacancy.state.in_(OPEN_STATES),
        Vacancy.closes_at > now_of(session),
        Vacancy.hidden.is_(False),
    )


def note_match(session: Session, subscription_id: int, vacancy_id: int) -> bool:
    """Note that a vacancy matched a member's subscription, once; return whether it is new.

    Members read what is for the network too. Whoever wants a notification gets it at once.
    """
    # One at a time for each subscription: two workers would both tell.
    subscription = session.get(SearchSubscription, subscription_id, with_for_update=True)
    vacancy = session.get(Vacancy, vacancy_id)
    if subscription is None or vacancy is None or vacancy.hidden or vacancy.state not in OPEN_STATES:
        return False
    if Audience(vacancy.audience) not in (Audience.PUBLIC, Audience.NETWORK):
        return False
    if session.get(SubscriptionMatch, (subscription_id, vacancy_id)) is not None:
        return False
    match = SubscriptionMatch(
        subscription_id=subscription_id, vacancy_id=vacancy_id, matched_at=now_of(session)
    )
    session.add(match)
    if subscription.notify and vacancy.post_id is not None:
        _tell(session, match, subscription.member_id, vacancy.post_id)
    return True


def forget_matches(session: Session) -> int:
    """Forget some matches with what is open no more; return how many."""
    over = (
        select(SubscriptionMatch.subscription_id, SubscriptionMatch.vacancy_id)
        .join(Vacancy, Vacancy.id == SubscriptionMatch.vacancy_id)
        .where(Vacancy.state.not_in(OPEN_STATES))
        .limit(_FORGOTTEN_AT_ONCE)
    )
    rows = session.execute(over).all()
    for subscription_id, vacancy_id in rows:
        session.execute(
            delete(SubscriptionMatch).where(
                SubscriptionMatch.subscription_id == subscription_id,
                SubscriptionMatch.vacancy_id == vacancy_id,
            )
        )
    return len(rows)


def archived_searches(session: Session, actor_id: int) -> Mapping[str, JsonObject]:
    """Return what a member subscribes to, for the member's archive."""
    member = find_member_of(session, actor_id)
    own = [] if member is None else list_subscriptions(session, member.id)
    if not own:
        return {}
    rows: list[JsonObject] = [
        {
            "query": row.query,
            "notifications": row.notify,
            "mail": row.digest,
            "feed": row.feed_hash is not None,
            "since": format_instant(row.created_at),
        }
        for row in own
    ]
    return {"searches.json": {"searches": rows}}


def forget_subscriptions(session: Session, event: MemberErased) -> None:
    """Reaction: nothing stays of what somebody who is gone waited for."""
    session.execute(delete(SearchSubscription).where(SearchSubscription.member_id == event.member_id))


def _tell(session: Session, match: SubscriptionMatch, member_id: int, post_id: int) -> None:
    """Notify a member of a post, unless that was done for another search, or too often within the hour."""
    now, member = now_of(session), session.get_one(Member, member_id)
    told = set(
        session.scalars(
            select(SubscriptionMatch.vacancy_id)
            .join(SearchSubscription, SearchSubscription.id == SubscriptionMatch.subscription_id)
            .where(SearchSubscription.member_id == member_id, SubscriptionMatch.told_at > now - _HOUR)
        )
    )
    if member.state != MemberState.ACTIVE or match.vacancy_id in told or len(told) >= TOLD_IN_AN_HOUR:
        return
    post = find_visible_post(session, post_id, Viewer(member.actor_id, None, is_member=True))
    if post is None:
        return
    (board,) = relationships_of(session, member.actor_id, [post.author_id])
    if board.blocking or board.domain_blocking or board.muting_notifications:
        return
    match.told_at = now
    # The member asked for it: no policy about who is unknown keeps it back.
    author = get_actor(session, post.author_id)
    notify_all(session, NotificationKind.POST, [member.actor_id], author, post_id=post.id)
