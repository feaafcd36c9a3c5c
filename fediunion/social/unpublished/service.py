"""The rules of posts that are not published yet."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, kept
from fediunion.members.models import MemberState
from fediunion.members.queries import find_member_of
from fediunion.social.media.holding import hold, release
from fediunion.social.posts.queries import PostView
from fediunion.social.posts.service.drafts import check_draft
from fediunion.social.posts.service.publishing import check_mentions, publish_view
from fediunion.social.posts.visibility import get_visible_post
from fediunion.social.unpublished.models import UnpublishedPost
from fediunion.social.unpublished.queries import (
    count_on_day_of,
    count_unpublished,
    get_draft,
    get_scheduled,
)
from fediunion.social.unpublished.wishes import PostWish, wish_in

PUBLISH: Final = "unpublished.publish"
SOONEST: Final = timedelta(minutes=5)
MOST_SCHEDULED: Final = 300
MOST_ON_A_DAY: Final = 25
NEAR: Final = timedelta(days=366)
"""Apps that have no drafts schedule them for centuries ahead, all for one day: that day has no bound."""

MOST_DRAFTS: Final = 300


def schedule(
    session: Session,
    owner: Actor,
    wish: PostWish,
    publish_at: datetime,
    *,
    application_id: int | None = None,
    idempotency: str | None = None,
) -> UnpublishedPost:
    """Keep a post until its moment has come; its files are kept as long.

    Raises Invalid for a moment that is less than five minutes ahead, for more posts than may wait, and for
    what could not be published now; NotFound where what it answers or quotes is not there.
    """
    _check_moment(session, owner, publish_at)
    if count_unpublished(session, owner.id, scheduled=True) >= MOST_SCHEDULED:
        raise Invalid(
            Sentence("%(most)s posts can be scheduled at most.", most=MOST_SCHEDULED), field="scheduled_at"
        )
    draft = wish.draft(now_of(session), Audience.PUBLIC)
    check_draft(session, draft)
    viewer = Viewer(owner.id, None, is_member=True)
    for post_id in (wish.in_reply_to_id, wish.quote_of_id):
        if post_id is not None:
            get_visible_post(session, post_id, viewer)
    check_mentions(session, owner, draft)
    row = _keep(session, owner, wish, application_id)
    row.publish_at, row.idempotency = publish_at, idempotency
    _want(session, row.id, publish_at)
    return row


def reschedule(session: Session, owner: Actor, row_id: int, publish_at: datetime) -> UnpublishedPost:
    """Publish a scheduled post at another moment. Raises NotFound, and Invalid as `schedule` does."""
    row = get_scheduled(session, owner.id, row_id)
    if publish_at != row.publish_at:
        _check_moment(session, owner, publish_at, but=row.id)
        row.publish_at, row.updated_at = publish_at, now_of(session)
        _want(session, row.id, publish_at)
    return row


def unschedule(session: Session, owner: Actor, row_id: int) -> None:
    """Do not publish a scheduled post; its files can be posted for a day yet. Raises NotFound."""
    _drop(session, get_scheduled(session, owner.id, row_id))


def keep_draft(
    session: Session, owner: Actor, wish: PostWish, *, application_id: int | None = None
) -> UnpublishedPost:
    """Return a new draft; whether it can be published is not asked yet. Raises Invalid for one too many."""
    if count_unpublished(session, owner.id, scheduled=False) >= MOST_DRAFTS:
        raise Invalid(Sentence("There can be %(most)s drafts at most.", most=MOST_DRAFTS), field="post")
    return _keep(session, owner, wish, application_id)


def change_draft(session: Session, owner: Actor, row_id: int, wish: PostWish) -> UnpublishedPost:
    """Make a draft another one. Raises NotFound, and Invalid for files that are not the owner's."""
    row = get_draft(session, owner.id, row_id)
    release(session, row.id, wish_in(row.wish).attachment_ids)
    hold(session, row.id, owner.id, wish.attachment_ids)
    row.wish, row.problem, row.updated_at = wish.kept(), "", now_of(session)
    return row


def delete_draft(session: Session, owner: Actor, row_id: int) -> None:
    """Remove a draft; its files can be posted for a day yet. Raises NotFound."""
    _drop(session, get_draft(session, owner.id, row_id))


def publish_draft(session: Session, owner: Actor, row_id: int, usual: Audience) -> PostView:
    """Publish a draft, which is none any more; `usual` is its audience where it names none.

    Raises NotFound, and what publishing a post raises.
    """
    row = get_draft(session, owner.id, row_id)
    wish = wish_in(row.wish)
    _drop(session, row)
    return publish_view(session, owner, wish.draft(now_of(session), usual))


def publish_due(session: Session, row_id: int) -> None:
    """Publish a scheduled post whose moment has come, once: in this unit it is published and forgotten.

    Of a member who is suspended or gone it is only forgotten. One that was put off meanwhile waits. Raises
    what publishing a post raises.
    """
    row = session.scalar(select(UnpublishedPost).where(UnpublishedPost.id == row_id).with_for_update())
    if row is None or row.publish_at is None:
        return
    if row.publish_at > now_of(session):
        _want(session, row.id, row.publish_at)
        return
    owner, member = get_actor(session, row.owner_id), find_member_of(session, row.owner_id)
    wish = wish_in(row.wish)
    _drop(session, row)
    if member is None or member.state != MemberState.ACTIVE:
        return
    if owner.suspended_at is None and owner.deleted_at is None:
        publish_view(session, owner, wish.draft(now_of(session), Audience.LOCAL))


def set_aside(session: Session, row_id: int, problem: Sentence) -> None:
    """Make a scheduled post that cannot be published a draft that says why: no words of a member are lost."""
    row = session.get(UnpublishedPost, row_id)
    if row is not None and row.publish_at is not None:
        row.publish_at, row.problem, row.updated_at = None, kept(problem), now_of(session)


def forget_all_of(session: Session, owner_id: int) -> None:
    """Remove everything that a member did not publish yet."""
    session.execute(delete(UnpublishedPost).where(UnpublishedPost.owner_id == owner_id))


def _keep(session: Session, owner: Actor, wish: PostWish, application_id: int | None) -> UnpublishedPost:
    now = now_of(session)
    row = UnpublishedPost(
        owner_id=owner.id, wish=wish.kept(), application_id=application_id, created_at=now, updated_at=now
    )
    session.add(row)
    hold(session, row.id, owner.id, wish.attachment_ids)
    return row


def _drop(session: Session, row: UnpublishedPost) -> None:
    release(session, row.id, wish_in(row.wish).attachment_ids)
    session.delete(row)
    session.flush()


def _want(session: Session, row_id: int, at: datetime) -> None:
    enqueue(session, PUBLISH, at=at, row_id=row_id)


def _check_moment(session: Session, owner: Actor, at: datetime, *, but: int | None = None) -> None:
    now = now_of(session)
    if at < now + SOONEST:
        raise Invalid(Sentence("The moment has to be at least five minutes ahead."), field="scheduled_at")
    if at <= now + NEAR and count_on_day_of(session, owner.id, at, but=but) >= MOST_ON_A_DAY:
        raise Invalid(
            Sentence("%(most)s posts can be scheduled for one day.", most=MOST_ON_A_DAY), field="scheduled_at"
        )
