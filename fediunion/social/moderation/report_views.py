"""Reading what a report is about: the one place where others see direct messages, and it is logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.models import Report
from fediunion.social.moderation.officers import Officer
from fediunion.social.posts.models import Post


@dataclass(frozen=True)
class ReportView:
    """The posts that a report names and that are still there; `has_direct` where some were for few.

    `boosted` has what boosts among them boost, and who wrote that, by its id, as far as it is still there.
    """

    posts: Sequence[Post]
    has_direct: bool
    boosted: Mapping[int, tuple[Post, Actor]]


def view_report(session: Session, row: Report, *, by: Officer) -> ReportView:
    """Return the reported posts for an officer who decides about them; a unit that writes (row V17).

    Where one of them is a direct message, each view is an entry in the log of privileged acts: who, and
    which report; not what was in it.
    """
    statement = select(Post).where(Post.uri.in_(row.post_uris), Post.deleted_at.is_(None)).order_by(Post.id)
    posts = session.scalars(statement).all()
    boosted = select(Post, Actor).join(Actor, Actor.id == Post.author_id).where(Post.deleted_at.is_(None))
    named = [post.boost_of_id for post in posts if post.boost_of_id is not None]
    found = {row[0].id: (row[0], row[1]) for row in session.execute(boosted.where(Post.id.in_(named)))}
    shown = [*posts, *(post for post, _ in found.values())]
    has_direct = any(post.audience == Audience.DIRECT for post in shown)
    if has_direct:
        record_audit(session, by=by.handle, action="report.read_direct", subject=str(row.id))
    return ReportView(posts, has_direct, found)
