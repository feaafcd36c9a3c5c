"""Polls: voting in them, changing and ending them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import announce, emit, insert_ignoring, now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.ids import new_id, new_slug
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import Recipients, publish
from fediunion.social.posts import documents
from fediunion.social.posts.events import PollEnded, PollVoted
from fediunion.social.posts.kinds import END_POLL
from fediunion.social.posts.models import Poll, PollVote, Post
from fediunion.social.posts.service.drafts import PollDraft, check_poll
from fediunion.social.posts.service.reach import stays_here
from fediunion.social.posts.service.tallies import count_votes, lock_poll, move_end, tell_tally
from fediunion.social.posts.visibility import get_visible_post, may_see
from fediunion.world import CHANGED


def vote(session: Session, voter: Actor, post_id: int, choices: Sequence[int]) -> None:
    """Let our `voter` choose options by number.

    Raises NotFound where there is no such poll for the voter, Invalid for a choice that cannot be made.
    """
    post = get_visible_post(session, post_id, Viewer(voter.id, None, is_member=True))
    poll = lock_poll(session, post.id)
    if poll is None:
        raise NotFound("There is no such poll.")
    chosen = sorted(set(choices))
    _check_choices(session, poll, post, voter, chosen)
    author = get_actor(session, post.author_id)
    sent = not author.local and not poll.stays_home
    if sent and stays_here(voter):
        raise Invalid(
            Sentence(
                "A vote goes to the server that asked, which would learn who you are. "
                "Choose a wider reach to vote there."
            ),
            field="choices",
        )
    for choice in chosen:
        row = PollVote(post_id=post.id, actor_id=voter.id, choice=choice, created_at=now_of(session))
        if sent:
            row.uri = f"{voter.uri}#votes/{new_slug()}"
            option = poll.options[choice]["name"]
            document = documents.vote_document(row.uri, voter, post, author, option)
            publish(session, voter, document, Recipients(actor_ids=(author.id,)))
        session.add(row)
    if not author.local and poll.ends_at is not None:
        enqueue(session, END_POLL, at=poll.ends_at, key=f"end_poll:{post.id}", post_id=post.id)
    count_votes(session, poll, post, chosen, new_voter=True)
    emit(session, PollVoted(post, voter, chosen))


def _check_choices(session: Session, poll: Poll, post: Post, voter: Actor, chosen: Sequence[int]) -> None:
    if not chosen or any(not 0 <= choice < len(poll.options) for choice in chosen):
        raise Invalid(Sentence("There is no such option."), field="choices")
    if len(chosen) > 1 and not poll.multiple:
        raise Invalid(Sentence("One option can be chosen."), field="choices")
    if has_ended(session, poll):
        raise Invalid(Sentence("The poll has ended."), field="choices")
    if post.author_id == voter.id:
        raise Invalid(Sentence("Nobody votes in their own poll."), field="choices")
    if _has_voted(session, post.id, voter.id):
        raise Invalid(Sentence("A vote cannot be changed."), field="choices")


def has_ended(session: Session, poll: Poll) -> bool:
    """Return whether the poll takes votes no longer."""
    return poll.closed_at is not None or (poll.ends_at is not None and poll.ends_at <= now_of(session))


def receive_vote(session: Session, voter: Actor, post: Post, option: str, uri: str) -> None:
    """Count a vote from elsewhere in our poll: once for each voter and option (row A29).

    Several options of one voter come as several votes. Raises NotAllowed for one that cannot count, alike
    for a poll that is not there and one that the voter may not see.
    """
    poll = lock_poll(session, post.id) if may_see(session, post, Viewer(voter.id, voter.host)) else None
    names = [entry["name"] for entry in poll.options] if poll is not None else []
    if poll is None or option not in names or post.author_id == voter.id:
        raise NotAllowed("votes for what cannot be chosen", reason="no-such-option")
    if has_ended(session, poll):
        raise NotAllowed("votes after the end", reason="poll-ended")
    choice = names.index(option)
    earlier = set(
        session.scalars(
            select(PollVote.choice).where(PollVote.post_id == post.id, PollVote.actor_id == voter.id)
        )
    )
    if choice in earlier:
        return
    if earlier and not poll.multiple:
        raise NotAllowed("votes twice", reason="voted-already")
    insert_ignoring(
        session,
        PollVote,
        [
            {
                "id": new_id(),
                "post_id": post.id,
                "actor_id": voter.id,
                "choice": choice,
                "uri": uri,
                "created_at": now_of(session),
            }
        ],
    )
    count_votes(session, poll, post, [choice], new_voter=not earlier)
    emit(session, PollVoted(post, voter, [choice], uri))


def _has_voted(session: Session, post_id: int, voter_id: int) -> bool:
    statement = select(PollVote.id).where(PollVote.post_id == post_id, PollVote.actor_id == voter_id)
    return session.scalars(statement.limit(1)).first() is not None


def change_poll(session: Session, post: Post, draft: PollDraft) -> bool:
    """Let our poll ask what `draft` says; return whether that is something else, for which no vote was given.

    Whose end alone is moved keeps its votes; one that has ended stays as it is. Raises Invalid for a post
    without a poll, for a poll that cannot be asked, and for other options after the end.
    Source: Mastodon, `UpdateStatusService#update_poll!`
    """
    poll = lock_poll(session, post.id)
    if poll is None:
        raise Invalid(Sentence("A poll is asked together with its post: it cannot be added."), field="poll")
    check_poll(session, draft)
    options = [option.strip() for option in draft.options]
    asks_else = options != [option["name"] for option in poll.options] or draft.multiple != poll.multiple
    if has_ended(session, poll):
        if asks_else:
            raise Invalid(Sentence("The poll has ended."), field="poll_options")
        return False
    move_end(session, post, draft.ends_at)
    poll.hides_totals = draft.hides_totals
    if asks_else:
        poll.options = [{"name": option, "votes": 0} for option in options]
        poll.multiple, poll.voters_count = draft.multiple, 0
    return asks_else


def end_poll(session: Session, post_id: int) -> None:
    """End a poll whose time has come: tell the voters and, for ours, everybody who may hold it."""
    poll, post = session.get(Poll, post_id), session.get(Post, post_id)
    if poll is None or post is None or post.deleted_at is not None or poll.closed_at is not None:
        return
    if poll.ends_at is not None and poll.ends_at > now_of(session):
        return
    poll.closed_at = poll.ends_at or now_of(session)
    voters = session.scalars(select(PollVote.actor_id).where(PollVote.post_id == post_id).distinct()).all()
    emit(session, PollEnded(post, voters))
    if post.local:
        session.flush()
        tell_tally(session, post_id)
    announce(session, CHANGED, "posts")
