"""Decisions about accounts with a statement of reasons, and the appeal against them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import now_of
from fediunion.db.pages import paged
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.members.models import WebSession
from fediunion.members.queries import find_member_of
from fediunion.social.follows.models import Follow
from fediunion.social.moderation import accounts, members
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.models import AppealState, Decision, Measure, Report
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.reports import resolve
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.publishing import remove_post, withdraw_post

APPEAL_WITHIN: Final = timedelta(days=30)
_NO_DECISION: Final = Sentence("There is no such decision.")
_WHAT: Final = {
    Measure.WARN: Sentence("The moderators warn you. Nothing else changes. Their reason:"),
    Measure.REMOVE: Sentence("The moderators removed posts of yours. Their reason:"),
    Measure.COVER: Sentence("The pictures that you show are behind a click from now on. The reason:"),
    Measure.LIMIT: Sentence("Your account is limited: only your followers read and hear you. The reason:"),
    Measure.SUSPEND: Sentence("Your account is suspended: nobody sees it or can use it. The reason:"),
}
_APPEAL: Final = Sentence(
    "You can ask within 30 days that somebody else decides again. Sign in here for that:"
)
_TAKEN_BACK: Final = Sentence("Somebody else looked at your appeal. The decision about you is taken back.")
_STANDS: Final = Sentence("Somebody else looked at your appeal. The decision about you stands.")
_READ: Final = Sentence("You can read all of it here:")


@dataclass(frozen=True)
class Consequences:
    """What a suspension would touch: numbers of rows that are there now."""

    followers: int
    following: int
    posts: int
    sessions: int


def consequences_for(session: Session, actor: Actor) -> Consequences:
    """Return what a suspension of the account would end; of a remote one only what is known here."""
    member = find_member_of(session, actor.id) if actor.local else None

    def count(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).where(*conditions)) or 0

    return Consequences(
        followers=count(Follow.followed_id == actor.id),
        following=count(Follow.follower_id == actor.id),
        posts=count(Post.author_id == actor.id, Post.deleted_at.is_(None)),
        sessions=0 if member is None else count(WebSession.member_id == member.id),
    )


def decide(
    session: Session,
    actor: Actor,
    measure: Measure,
    reason: str,
    *,
    by: Officer,
    report: Report | None = None,
    posts: Sequence[Post] = (),
) -> Decision:
    """Do something about an account and keep why; with `report` that is resolved by it.

    A member of ours gets the statement by mail, and sees it under its decisions. `posts` are what
    Measure.REMOVE takes away. Raises NotAllowed for an equal or higher role (row W18), Invalid without a
    reason, for an institution that cannot be limited, and for nothing to remove.
    """
    members.check_outranks(session, by.role, actor)
    reason = _checked(reason, "reason")
    if measure is Measure.WARN:
        members.note_warning(session, actor, reason, by=by.handle)
    elif measure is Measure.REMOVE:
        _remove(session, actor, posts, by, reason)
    elif measure is Measure.COVER:
        members.sensitize(session, actor, by=by.handle, reason=reason)
    elif measure is Measure.LIMIT:
        accounts.silence(session, actor, by=by.handle, reason=reason)
    else:
        accounts.suspend(session, actor, by=by.handle, reason=reason)
    members.tell_by_mail(session, actor, reason, before=_WHAT[measure], after=_APPEAL)
    decision = Decision(
        target_id=actor.id,
        report_id=None if report is None else report.id,
        measure=measure,
        reason=reason,
        posts=len(posts) if measure is Measure.REMOVE else 0,
        by_id=by.actor_id,
        decided_at=now_of(session),
        appeal_state=AppealState.NONE,
    )
    session.add(decision)
    if report is not None:
        resolve(session, report, by=by.handle, reason=measure, moderator_id=by.actor_id)
    return decision


def appeal(session: Session, actor_id: int, decision_id: int, text: str) -> Decision:
    """Let a member ask once, within 30 days, that somebody else looks at a decision again.

    Raises NotFound for a decision about another, NotAllowed a second time or too late, Invalid.
    """
    decision = get_decision(session, decision_id)
    if decision.target_id != actor_id:
        raise NotFound(_NO_DECISION)
    if not may_appeal(session, decision):
        raise NotAllowed(Sentence("You appealed already, or too late."), reason="no-appeal")
    decision.appeal = _checked(text, "text")
    decision.appeal_state, decision.appealed_at = AppealState.WAITING, now_of(session)
    return decision


def may_appeal(session: Session, decision: Decision) -> bool:
    """Return whether a decision can still be appealed against."""
    in_time = decision.decided_at > now_of(session) - APPEAL_WITHIN
    return decision.appeal_state == AppealState.NONE and in_time


def answer_appeal(
    session: Session, decision_id: int, *, by: Officer, takes_back: bool, answer: str
) -> Decision:
    """Decide on an appeal, as another moderator than the one who decided; with `takes_back` undo it.

    Removed posts do not come back. Raises NotFound, NotAllowed, Invalid without an answer.
    """
    decision = get_decision(session, decision_id)
    if decision.appeal_state != AppealState.WAITING:
        raise NotFound(Sentence("There is no appeal to decide on."))
    if decision.by_id == by.actor_id:
        raise NotAllowed(Sentence("Somebody else decides on an appeal."), reason="second-person")
    actor = get_actor(session, decision.target_id)
    decision.answer, decision.answered_at = _checked(answer, "answer"), now_of(session)
    decision.answered_by_id = by.actor_id
    decision.appeal_state = AppealState.TAKEN_BACK if takes_back else AppealState.UPHELD
    record_audit(
        session, by=by.handle, action=f"appeal.{decision.appeal_state}", subject=actor.uri, reason=answer
    )
    if takes_back:
        _undo(session, actor, Measure(decision.measure), by)
    members.tell_by_mail(session, actor, answer, before=_TAKEN_BACK if takes_back else _STANDS, after=_READ)
    return decision


def get_decision(session: Session, decision_id: int) -> Decision:
    """Return a decision; raise NotFound."""
    found = session.get(Decision, decision_id)
    if found is None:
        raise NotFound(_NO_DECISION)
    return found


def list_decisions(session: Session, page: Page, *, target_id: int) -> list[Decision]:
    """Return the decisions about an account, the newest first."""
    statement = select(Decision).where(Decision.target_id == target_id)
    return page.newest_first(list(session.scalars(paged(statement, Decision.id, page))))


def list_appeals(session: Session, page: Page) -> list[tuple[Decision, Actor]]:
    """Return the appeals that wait, each with whose it is, the newest first."""
    statement = (
        select(Decision, Actor)
        .join(Actor, Actor.id == Decision.target_id)
        .where(Decision.appeal_state == AppealState.WAITING)
    )
    rows = session.execute(paged(statement, Decision.id, page))
    return page.newest_first([(row[0], row[1]) for row in rows])


def count_appeals(session: Session) -> int:
    """Return how many appeals wait."""
    statement = select(func.count()).where(Decision.appeal_state == AppealState.WAITING)
    return session.scalar(statement) or 0


def _remove(session: Session, actor: Actor, posts: Sequence[Post], by: Officer, reason: str) -> None:
    if not posts or any(post.author_id != actor.id for post in posts):
        raise Invalid(Sentence("There is no post to remove."), field="measure")
    for post in posts:
        if actor.local:
            withdraw_post(session, actor, post)
        else:
            remove_post(session, post)
    record_audit(session, by=by.handle, action="post.remove", subject=actor.uri, reason=reason)


def _undo(session: Session, actor: Actor, measure: Measure, by: Officer) -> None:
    if measure is Measure.COVER:
        members.unsensitize(session, actor, by=by.handle)
    elif measure is Measure.LIMIT:
        accounts.unsilence(session, actor, by=by.handle)
    elif measure is Measure.SUSPEND:
        accounts.unsuspend(session, actor, by=by.handle)


def _checked(text: str, field: str) -> str:
    stripped = text.strip()
    if not stripped or len(stripped) > members.MAX_TEXT:
        sentence = Sentence("Say why, in %(most)s characters at most.", most=members.MAX_TEXT)
        raise Invalid(sentence, field=field)
    return stripped
