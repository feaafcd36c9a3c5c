"""The rules of institutions: making them, naming editors, publishing for them."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.names import check_institution_name, check_member_name
from fediunion.actors.queries import get_actor
from fediunion.actors.service import create_local_actor
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.html import plain_name, text_to_html
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Member, MemberState
from fediunion.members.queries import find_member
from fediunion.social.institutions.models import Editor
from fediunion.social.institutions.queries import get_institution, institutions_of
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.officers import Officer
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.drafts import PostDraft
from fediunion.social.posts.service.publishing import publish_post

MADE_BY_HAND: Final = (ActorKind.BOARD, ActorKind.FEED, ActorKind.GROUP)
LONGEST_TITLE: Final = 100
LONGEST_SUMMARY: Final = 500


@dataclass(frozen=True)
class NewInstitution:
    """What a board, feed or group is to be."""

    kind: str
    username: str
    title: str
    summary: str = ""


def check_new(session: Session, wanted: NewInstitution) -> NewInstitution:
    """Return what is wanted as it is stored; raise Invalid, with its field, for what cannot be made."""
    if wanted.kind not in MADE_BY_HAND:
        raise Invalid(Sentence("Choose a board, a feed or a group."), field="kind")
    title = plain_name(wanted.title, LONGEST_TITLE)
    if not title:
        raise Invalid(Sentence("A title is needed."), field="title")
    if len(wanted.summary) > LONGEST_SUMMARY:
        sentence = Sentence("A description has at most %(most)s characters.", most=LONGEST_SUMMARY)
        raise Invalid(sentence, field="summary")
    check_member_name(wanted.username, settings_of(session), by_operator=True)
    name = check_institution_name(wanted.username)
    summary = text_to_html(wanted.summary, mentions={}, hashtag_url=None)
    return NewInstitution(wanted.kind, name, title, summary)


def create_institution(session: Session, wanted: NewInstitution, keys: NewKeys, *, by: Officer) -> Actor:
    """Return a new board, feed or group, whose first editor is who made it. Raises Invalid with its field."""
    checked = check_new(session, wanted)
    actor = create_local_actor(
        session,
        kind=ActorKind(checked.kind),
        username=checked.username,
        keys=keys,
        display_name=checked.title,
        summary=checked.summary,
    )
    record_audit(session, by=by.handle, action="institution.create", subject=actor.uri)
    name_editor(session, actor, get_actor(session, by.actor_id).username, by=by)
    return actor


def name_editor(session: Session, institution: Actor, name: str, *, by: Officer) -> Editor:
    """Let a member publish for an institution; return the row, a second time the same one. Raises Invalid."""
    found = find_member(session, name.strip().removeprefix("@").partition("@")[0])
    if found is None or found[0].state != MemberState.ACTIVE:
        raise Invalid(Sentence("There is no such member."), field="editor")
    member, actor = found
    row = session.scalar(
        select(Editor).where(Editor.actor_id == institution.id, Editor.member_id == member.id)
    )
    if row is None:
        row = Editor(actor_id=institution.id, member_id=member.id, named_at=now_of(session))
        session.add(row)
        record_audit(
            session, by=by.handle, action="institution.editor", subject=institution.uri, reason=actor.uri
        )
    return row


def end_editor(session: Session, institution: Actor, member_id: int, *, by: Officer) -> None:
    """Let a member publish for an institution no more; for who does not nothing changes."""
    gone = session.execute(
        delete(Editor).where(Editor.actor_id == institution.id, Editor.member_id == member_id)
    )
    if getattr(gone, "rowcount", 0):
        editor = get_actor(session, session.get_one(Member, member_id).actor_id)
        record_audit(
            session, by=by.handle, action="institution.no_editor", subject=institution.uri, reason=editor.uri
        )


def publish_as(session: Session, member_id: int, institution_id: int, draft: PostDraft) -> Post:
    """Publish as an institution, as one of its editors; the log says which of them it was.

    Raises NotFound for no institution, NotAllowed for who is no editor of it, and what publish_post raises.
    """
    institution = get_institution(session, institution_id)
    if institution.id not in {actor.id for actor in institutions_of(session, member_id)}:
        raise NotAllowed(Sentence("You are no editor of this institution."))
    editor = get_actor(session, session.get_one(Member, member_id).actor_id)
    post = publish_post(session, institution, draft)
    handle = f"@{editor.username}@{editor.handle_host}"
    record_audit(session, by=handle, action="institution.post", subject=institution.uri, reason=post.uri)
    return post
