"""What becomes of a form: a post, a changed or scheduled one, a draft; and the files that came with it."""

from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.multipart import UploadedFile
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import TooManyAttempts
from fediunion.social.institutions.service import begin_edit_as, publish_as
from fediunion.social.media.allowance import check_uploads_left
from fediunion.social.media.service import change_upload
from fediunion.social.media.uploads import begin_upload, wait_for
from fediunion.social.posts.once import find_made, keep_key, write_once
from fediunion.social.posts.resolving import resolve_mentions
from fediunion.social.posts.service.publishing import edit_post, publish_view
from fediunion.social.posts.visibility import get_visible_post
from fediunion.social.profiles.posting_defaults import posting_defaults
from fediunion.social.unpublished import service as unpublished
from fediunion.social.unpublished.wishes import PostWish
from fediunion.web.composing.showing import first_audience
from fediunion.web.composing.state import ComposeState, FileState
from fediunion.web.visits import Visit

_TOO_MUCH: Final = Sentence("You have uploaded too much; wait a while.")
_PUBLISHED: Final = Sentence("Your post is published.")
_CHANGED: Final = Sentence("Your post is changed.")
_SCHEDULED: Final = Sentence("Your post waits for its moment.")
_KEPT: Final = Sentence("Your draft is kept.")
_NO_DRAFT: Final = Sentence("A draft cannot be an institution's: publish it now, or write as yourself.")
_NOT_LATER: Final = Sentence("An institution's post cannot wait: leave the time empty, or write as yourself.")
_OTHER_AUDIENCES: Final = Sentence("You changed who writes: look at who will receive it, then publish.")


async def take_files(visit: Visit, files: list[UploadedFile]) -> list[FileState]:
    """Return the uploads that files become. Raises Invalid for a kind that is not taken, Unavailable."""
    taken: list[FileState] = []
    for file in files:
        try:
            await check_uploads_left(visit.world, visit.member.actor_id)
        except TooManyAttempts as error:
            raise Invalid(_TOO_MUCH, field="files") from error
        attachment, task = await begin_upload(visit.world, visit.member.actor_id, file.path)
        done = await wait_for(visit.world, attachment, task)
        taken.append(FileState(attachment.id, kind=(done or attachment).kind))
    return taken


def check_acting(state: ComposeState, *, keeps: bool) -> None:
    """Raise Invalid for what is not done for an institution, and where the audiences shown were another's.

    `keeps` says that it is to be kept as a draft.
    """
    if state.write_as is not None:
        if keeps or state.draft is not None:
            raise Invalid(_NO_DRAFT, field="write_as")
        if state.at or state.scheduled is not None:
            raise Invalid(_NOT_LATER, field="at")
    if not keeps and state.edit is None and state.write_as != state.shown_as:
        raise Invalid(_OTHER_AUDIENCES, field="write_as")


async def send_post(visit: Visit, state: ComposeState) -> tuple[str, Sentence]:
    """Publish, change or schedule what the form carries; return where to go on, and what was done.

    The same form twice is one post (row O24). Raises Invalid for what cannot be published, and NotFound.
    """
    at = state.moment(visit)
    if state.audience != Audience.LOCAL:
        await resolve_mentions(visit.world, visit.member.actor_id, state.text)
    if state.edit is not None:
        await visit.world.db.write(partial(_edit, visit=visit, state=state, post_id=state.edit))
        return f"/posts/{state.edit}", _CHANGED
    post_id = await write_once(visit.world, partial(_publish, visit=visit, state=state))
    if at is not None:
        return "/scheduled", _SCHEDULED
    # Of what is for an institution's followers, its editor may be none.
    stays_in_sight = state.write_as is not None and state.audience != Audience.FOLLOWERS
    return (f"/posts/{post_id}" if state.reply is not None or stays_in_sight else "/home"), _PUBLISHED


async def keep_draft(visit: Visit, state: ComposeState) -> Sentence:
    """Keep what the form carries as a draft; one that was one before is that one still. Raises Invalid."""
    await visit.world.db.write(partial(_keep, visit=visit, state=state))
    return _KEPT


def _publish(session: Session, visit: Visit, state: ComposeState) -> int:
    """Return the id of what the form made, now or when it was sent first."""
    author, at = session.get_one(Actor, visit.member.actor_id), state.moment(visit)
    made = find_made(session, author.id, state.key)
    if made is not None:
        return made.post_id
    _describe(session, author, state)
    if state.write_as is not None:
        return _publish_as(session, visit, state, state.write_as)
    draft = state.post_draft(_audience(session, author, state), now_of(session))
    wish = PostWish.of(draft, now_of(session), has_audience=True)
    if state.scheduled is not None:
        unpublished.unschedule(session, author, state.scheduled)
    if at is not None:
        if state.draft is not None:
            unpublished.delete_draft(session, author, state.draft)
        row_id = unpublished.schedule(session, author, wish, at).id
    elif state.draft is not None:
        unpublished.change_draft(session, author, state.draft, wish)
        row_id = unpublished.publish_draft(session, author, state.draft, draft.audience).post.id
    else:
        row_id = publish_view(session, author, draft).post.id
    keep_key(session, author.id, state.key, row_id, scheduled=at is not None)
    return row_id


def _publish_as(session: Session, visit: Visit, state: ComposeState, institution_id: int) -> int:
    """Return the id of the institution's post. Its key is the editor's: two editors are two requests."""
    draft = state.post_draft(Audience(state.audience or Audience.PUBLIC), now_of(session))
    post = publish_as(session, visit.member.member_id, institution_id, draft)
    keep_key(session, visit.member.actor_id, state.key, post.id)
    return post.id


def _edit(session: Session, visit: Visit, state: ComposeState, post_id: int) -> None:
    author, viewer = session.get_one(Actor, visit.member.actor_id), visit.member.viewer
    draft = state.post_draft(Audience.LOCAL, now_of(session))
    post = get_visible_post(session, post_id, viewer)
    if post.author_id != author.id:
        post, author = begin_edit_as(session, visit.member.member_id, post_id, viewer, draft.attachment_ids)
    edit_post(
        session,
        author,
        post,
        text=draft.text,
        content_warning=draft.content_warning,
        sensitive=draft.sensitive,
        language=draft.language,
        content_type=draft.content_type,
        attachment_ids=draft.attachment_ids,
        described=state.words,
        quote_policy=state.quote_policy or None,
    )


def _keep(session: Session, visit: Visit, state: ComposeState) -> None:
    author = session.get_one(Actor, visit.member.actor_id)
    _describe(session, author, state)
    draft = state.post_draft(_audience(session, author, state), now_of(session))
    wish = PostWish.of(draft, now_of(session), has_audience=True)
    if state.scheduled is not None:
        unpublished.unschedule(session, author, state.scheduled)
    if state.draft is not None:
        unpublished.change_draft(session, author, state.draft, wish)
    else:
        unpublished.keep_draft(session, author, wish)


def _describe(session: Session, author: Actor, state: ComposeState) -> None:
    for words in state.words:
        change_upload(
            session, words.attachment_id, author.id, description=words.description, focus=words.focus
        )


def _audience(session: Session, author: Actor, state: ComposeState) -> Audience:
    if state.audience:
        return Audience(state.audience)
    return first_audience(author, posting_defaults(session, author.id))
