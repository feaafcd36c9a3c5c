"""The rules of institutions: making them, naming editors, publishing for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.names import check_institution_name
from fediunion.actors.queries import get_actor
from fediunion.actors.service import create_local_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import settings_of
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.html import plain_name, text_to_html
from fediunion.kit.sentences import Sentence
from fediunion.members.events import MemberErased
from fediunion.members.models import Member, MemberState
from fediunion.members.queries import find_member
from fediunion.social.institutions.models import Editor
from fediunion.social.institutions.queries import find_acting
from fediunion.social.media.models import Attachment
from fediunion.social.media.service import hand_over, readdress
from fediunion.social.moderation.audit import record_audit
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.drafts import PostDraft
from fediunion.social.posts.service.publishing import publish_post, withdraw_post
from fediunion.social.posts.visibility import find_visible_post, get_visible_post

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
    name = check_institution_name(wanted.username, settings_of(session))
    summary = text_to_html(wanted.summary, mentions={}, hashtag_url=None)
    return NewInstitution(wanted.kind, name, title, summary)


def create_institution(
    session: Session, wanted: NewInstitution, keys: NewKeys, *, by: str, editor: str = ""
) -> Actor:
    """Return a new board, feed or group, made `by` a handle; `editor` names a member who publishes for it.

    Raises Invalid with its field.
    """
    checked = check_new(session, wanted)
    actor = create_local_actor(
        session,
        kind=ActorKind(checked.kind),
        username=checked.username,
        keys=keys,
        display_name=checked.title,
        summary=checked.summary,
    )
    record_audit(session, by=by, action="institution.create", subject=actor.uri)
    if editor:
        name_editor(session, actor, editor, by=by)
    return actor


def name_editor(session: Session, institution: Actor, name: str, *, by: str) -> Editor:
    """Let a member publish for an institution; return the row, a second time the same one. Raises Invalid."""
    found = find_member(session, name.strip().removeprefix("@").partition("@")[0])
    if found is None or found[0].state != MemberState.ACTIVE:
        raise Invalid(Sentence("There is no such member."), field="editor")
    member, actor = found
    row = session.scalar(
        select(Editor).where(Editor.actor_id == institution.id, Editor.member_id == member.id)
    )
    if row is None:
        row = Editor(actor_id=institution.id, member_id=member.id)
        session.add(row)
        record_audit(session, by=by, action="institution.editor", subject=institution.uri, reason=actor.uri)
    return row


def end_editor(session: Session, institution: Actor, member_id: int, *, by: str) -> None:
    """Let a member publish for an institution no more; for who does not nothing changes."""
    gone = session.execute(
        delete(Editor).where(Editor.actor_id == institution.id, Editor.member_id == member_id)
    )
    if getattr(gone, "rowcount", 0):
        editor = get_actor(session, session.get_one(Member, member_id).actor_id)
        record_audit(
            session, by=by, action="institution.no_editor", subject=institution.uri, reason=editor.uri
        )


def forget_editor(session: Session, event: MemberErased) -> None:
    """Reaction: who is gone publishes for nobody."""
    session.execute(delete(Editor).where(Editor.member_id == event.member_id))


def publish_as(session: Session, member_id: int, institution_id: int, draft: PostDraft) -> Post:
    """Publish as an institution, as one of its editors; the log says which of them it was.

    The editor's uploads become the institution's. Raises Invalid for who is no editor of it, for a message
    or an answer to one, for an answer to what the institution cannot see, and what publish_post raises.
    """
    institution = find_acting(session, member_id, institution_id)
    if institution is None:
        raise Invalid(Sentence("You are no editor of this institution."), field="write_as")
    if draft.audience is Audience.DIRECT:
        raise Invalid(Sentence("Institutions send no messages: write it as yourself."), field="write_as")
    viewer = Viewer(institution.id, None, is_member=True)
    for each in (draft.in_reply_to_id, draft.quote_of_id):
        about = None if each is None else find_visible_post(session, each, viewer)
        if each is None or (about is not None and about.audience != Audience.DIRECT):
            continue
        raise Invalid(
            Sentence("The institution cannot answer or quote this: write as yourself."), field="write_as"
        )
    editor = get_actor(session, session.get_one(Member, member_id).actor_id)
    hand_over(session, draft.attachment_ids, editor.id, institution.id)
    post = publish_post(session, institution, draft)
    _record(session, editor, "institution.post", institution, post)
    return post


def get_post_as(session: Session, member_id: int, post_id: int, viewer: Viewer) -> tuple[Post, Actor]:
    """Return a post of an institution that a member publishes for, with its author.

    Raises NotFound (O12), NotAllowed for the post of a vacancy or call: who may end that is decided there.
    """
    post = get_visible_post(session, post_id, viewer)
    institution = find_acting(session, member_id, post.author_id)
    if institution is None:
        raise NotFound("There is no such post.")
    if post.extension:
        raise NotAllowed(
            Sentence("This post tells of something else: change or end that."), reason="tells-of-something"
        )
    return post, institution


def begin_edit_as(
    session: Session, member_id: int, post_id: int, viewer: Viewer, attachment_ids: Sequence[int]
) -> tuple[Post, Actor]:
    """Return an institution's post that one of its editors changes, with its author; the log says which.

    The editor's uploads become the institution's. Raises NotFound, Invalid for an upload that is not there.
    """
    post, institution = get_post_as(session, member_id, post_id, viewer)
    editor = get_actor(session, session.get_one(Member, member_id).actor_id)
    own = select(Attachment.id).where(Attachment.id.in_(attachment_ids), Attachment.owner_id == editor.id)
    hand_over(session, session.scalars(own).all(), editor.id, institution.id)
    _record(session, editor, "institution.edit", institution, post)
    return post, institution


def withdraw_as(session: Session, member_id: int, post_id: int, viewer: Viewer) -> None:
    """Delete a post of an institution, as one of its editors; the log says which. Raises NotFound."""
    post, institution = get_post_as(session, member_id, post_id, viewer)
    editor = get_actor(session, session.get_one(Member, member_id).actor_id)
    readdress(session, post.id)
    withdraw_post(session, institution, post)
    _record(session, editor, "institution.delete", institution, post)


def _record(session: Session, editor: Actor, action: str, institution: Actor, post: Post) -> None:
    handle = f"@{editor.username}@{editor.handle_host}"
    record_audit(session, by=handle, action=action, subject=institution.uri, reason=post.uri)
