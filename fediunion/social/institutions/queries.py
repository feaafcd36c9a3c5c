"""Institutions and their editors: reads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import find_local_actor
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Member, MemberState
from fediunion.social.institutions.models import Editor

KINDS: Final = (ActorKind.UNION, ActorKind.BOARD, ActorKind.FEED, ActorKind.GROUP)


def list_institutions(session: Session) -> Sequence[Actor]:
    """Return the union with its boards, feeds and groups, in the order in which they were made."""
    statement = select(Actor).where(Actor.local.is_(True), Actor.kind.in_(KINDS), Actor.deleted_at.is_(None))
    return session.scalars(statement.order_by(Actor.id)).all()


def get_institution(session: Session, actor_id: int) -> Actor:
    """Return an institution of ours; raise NotFound."""
    found = session.get(Actor, actor_id)
    if found is None or not found.local or found.kind not in KINDS or found.deleted_at is not None:
        raise NotFound(Sentence("There is no such institution."))
    return found


def get_institution_named(session: Session, name: str) -> Actor:
    """Return an institution of ours by its username; raise NotFound."""
    found = find_local_actor(session, name.strip().removeprefix("@").partition("@")[0])
    if found is None or found.kind not in KINDS or found.deleted_at is not None:
        raise NotFound(Sentence("There is no such institution."))
    return found


def list_editors(session: Session) -> Mapping[int, Sequence[tuple[Member, Actor]]]:
    """Return the editors, each with its own actor, by the institution that they publish for."""
    rows = session.execute(
        select(Editor.actor_id, Member, Actor)
        .join(Member, Member.id == Editor.member_id)
        .join(Actor, Actor.id == Member.actor_id)
        .where(Member.state == MemberState.ACTIVE)
        .order_by(Editor.id)
    )
    found: dict[int, list[tuple[Member, Actor]]] = defaultdict(list)
    for actor_id, member, actor in rows:
        found[actor_id].append((member, actor))
    return found


def institutions_of(session: Session, member_id: int) -> Sequence[Actor]:
    """Return the institutions that a member may publish for, in the order in which they were made.

    It is what the page for writing offers under "write as".
    """
    statement = (
        select(Actor)
        .join(Editor, Editor.actor_id == Actor.id)
        .join(Member, Member.id == Editor.member_id)
        .where(
            Editor.member_id == member_id,
            Member.state == MemberState.ACTIVE,
            Actor.deleted_at.is_(None),
            Actor.suspended_at.is_(None),
        )
    )
    return session.scalars(statement.order_by(Actor.id)).all()


def find_acting(session: Session, member_id: int, institution_id: int) -> Actor | None:
    """Return an institution that a member may publish for, None for any other."""
    return next((each for each in institutions_of(session, member_id) if each.id == institution_id), None)
