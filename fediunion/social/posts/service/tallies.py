"""The tallies of polls: counting votes, taking them back, and telling everybody who may hold the poll."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import announce, now_of
from fediunion.jobs.queue import enqueue
from fediunion.outbox.publish import SENT_TO, Recipients, publish
from fediunion.social.posts import documents
from fediunion.social.posts.kinds import END_POLL, TELL_TALLY
from fediunion.social.posts.models import Poll, PollVote, Post
from fediunion.social.posts.service.reach import is_open, is_shared, recipients_of
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.world import CHANGED

_TALLY_WAITS: Final = timedelta(seconds=60)


def lock_poll(session: Session, post_id: int) -> Poll | None:
    """Return the poll as earlier votes left it; nobody else votes until this unit ends (row A29)."""
    return session.get(Poll, post_id, with_for_update={"key_share": True}, populate_existing=True)


def set_votes_beside(session: Session, post: Post, beside: Sequence[int]) -> None:
    """Let our poll count these votes of each option beside those that are votes of it."""
    poll = lock_poll(session, post.id)
    if poll is not None and poll.votes_beside != list(beside):
        poll.votes_beside = list(beside)
        count_votes(session, poll, post, (), new_voter=False)


def withdraw_vote(session: Session, post: Post, voter_id: int) -> None:
    """Take back whatever an actor chose in a poll, which may then choose anew.

    Of a poll elsewhere it is forgotten here alone, for votes cannot be taken back.
    """
    poll = lock_poll(session, post.id)
    if poll is None:
        return
    own = (PollVote.post_id == post.id, PollVote.actor_id == voter_id)
    chosen = session.scalars(select(PollVote.choice).where(*own)).all()
    if not chosen:
        return
    session.execute(delete(PollVote).where(*own))
    if post.local:
        count_votes(session, poll, post, (), new_voter=False)


def move_end(session: Session, post: Post, ends_at: datetime) -> None:
    """Let our poll end at another time than it was to, which may be now. Nobody is told by this alone."""
    poll = lock_poll(session, post.id)
    if poll is None or poll.closed_at is not None:
        return
    poll.ends_at = ends_at
    key = f"end_poll:{post.id}:{ends_at.timestamp():.0f}"
    enqueue(session, END_POLL, at=ends_at, key=key, post_id=post.id)


def count_votes(session: Session, poll: Poll, post: Post, chosen: Sequence[int], *, new_voter: bool) -> None:
    """Bring the tally up to date; ours is counted from the votes, so that it is exact under any races."""
    if post.local:
        session.flush()
        counted: dict[int, int] = dict(
            session.execute(
                select(PollVote.choice, func.count())
                .where(PollVote.post_id == post.id)
                .group_by(PollVote.choice)
            ).all()
        )
        beside: dict[int, int] = dict(enumerate(poll.votes_beside))
        poll.options = [
            {**option, "votes": counted.get(number, 0) + beside.get(number, 0)}
            for number, option in enumerate(poll.options)
        ]
        voters = select(func.count(PollVote.actor_id.distinct())).where(PollVote.post_id == post.id)
        poll.voters_count = (session.scalar(voters) or 0) + sum(beside.values())
        _tell_tally(session, post)
    else:
        poll.options = [
            {**option, "votes": (option["votes"] or 0) + (number in chosen)}
            for number, option in enumerate(poll.options)
        ]
        poll.voters_count += new_voter
    announce(session, CHANGED, "posts")


def _tell_tally(session: Session, post: Post) -> None:
    if post.audience == Audience.LOCAL:
        return
    enqueue(
        session,
        TELL_TALLY,
        at=now_of(session) + _TALLY_WAITS,
        key=f"tally:{post.id}",
        post_id=post.id,
    )


def tell_tally(session: Session, post_id: int) -> None:
    """Send the tally of our poll to everybody who may hold it: an Update without `updated`."""
    post = session.get(Post, post_id)
    if post is None or post.deleted_at is not None:
        return
    author = get_actor(session, post.author_id)
    view = author_view(session, post)
    recipients = recipients_of(post, author, [actor.id for actor in view.addressed if not actor.local])
    if recipients is None:
        return
    voters = session.scalars(
        select(Actor.id)
        .join(PollVote, PollVote.actor_id == Actor.id)
        .where(PollVote.post_id == post.id, ~Actor.local)
        .distinct()
    )
    everybody = () if post.audience == Audience.NETWORK else (*recipients.actor_ids, *voters)
    # What a feature composed may have gone to others than followers: they hold the tally, too.
    holders = () if post.audience == Audience.NETWORK or not post.extension else (f"{SENT_TO}:{post.uri}",)
    note = {key: value for key, value in render(session, view).items() if key != "updated"}
    publish(
        session,
        author,
        documents.update_document(note, author),
        Recipients(tuple(dict.fromkeys(everybody)), (), (*recipients.expand, *holders)),
        public=is_open(post),
        shared=is_shared(post),
    )


def keep_votes_home(session: Session, post_id: int, *, home: bool = True) -> None:
    """Let what our members choose in a poll elsewhere be told to nobody, or be sent again as of any poll."""
    session.flush()
    poll = session.get(Poll, post_id)
    if poll is not None:
        poll.stays_home = home


def move_votes(session: Session, post: Post, choice: int, into: int, *, actor_id: int | None = None) -> None:
    """Let votes for one option of a poll with one answer be votes for another: of one voter, or of all."""
    poll = lock_poll(session, post.id)
    if poll is None or poll.multiple:
        return
    moved = [PollVote.post_id == post.id, PollVote.choice == choice]
    if actor_id is not None:
        moved.append(PollVote.actor_id == actor_id)
    statement = update(PollVote).where(*moved).values(choice=into).returning(PollVote.id)
    found = session.scalars(statement.execution_options(synchronize_session=False)).all()
    if found and post.local:
        count_votes(session, poll, post, (), new_voter=False)
