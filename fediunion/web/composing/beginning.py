"""What the form of a post begins with: an answer, a quote, a change, a draft, a scheduled post."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.social.institutions.service import get_post_as
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Post
from fediunion.social.posts.policies import quotes_in
from fediunion.social.posts.queries import view_of
from fediunion.social.posts.service.drafts import MARKDOWN
from fediunion.social.posts.visibility import get_visible_post
from fediunion.social.unpublished.models import UnpublishedPost
from fediunion.social.unpublished.queries import get_draft, get_scheduled
from fediunion.social.unpublished.wishes import PostWish, wish_in
from fediunion.web.composing.state import ComposeState, FileState
from fediunion.web.listing import whole_number
from fediunion.web.rows import local_moment
from fediunion.web.visits import Visit


def begin_compose(session: Session, visit: Visit, asked: Mapping[str, str]) -> ComposeState:
    """Return what the form begins with; `asked` are the parameters of the address. Raises NotFound."""
    write_as = whole_number(asked.get("write_as", ""))
    return replace(_begun(session, visit, asked), write_as=write_as, shown_as=write_as)


def _begun(session: Session, visit: Visit, asked: Mapping[str, str]) -> ComposeState:
    viewer = visit.member.viewer
    numbers = {
        name: number
        for name in ("reply", "quote", "edit", "draft", "scheduled")
        if (number := whole_number(asked.get(name, ""))) is not None
    }
    if "edit" in numbers:
        return edited(session, get_changeable_post(session, visit, numbers["edit"]))
    if "draft" in numbers:
        row = get_draft(session, visit.member.actor_id, numbers["draft"])
        return _unpublished(session, visit, row)
    if "scheduled" in numbers:
        row = get_scheduled(session, visit.member.actor_id, numbers["scheduled"])
        return _unpublished(session, visit, row)
    if "reply" in numbers:
        return _answer(session, visit, get_visible_post(session, numbers["reply"], viewer))
    wished = asked.get("audience", "")
    return ComposeState(
        text=asked.get("text", "")[:5000],
        quote=numbers.get("quote"),
        audience=wished if wished in list(Audience) else "",
    )


def get_changeable_post(session: Session, visit: Visit, post_id: int) -> Post:
    """Return the member's own post, or one of an institution that she writes for. Raises NotFound (O12)."""
    post = get_visible_post(session, post_id, visit.member.viewer)
    if post.author_id == visit.member.actor_id:
        return post
    return get_post_as(session, visit.member.member_id, post_id, visit.member.viewer)[0]


def edited(session: Session, post: Post) -> ComposeState:
    """Return a post of ours as it was typed."""
    files = select(Attachment).where(Attachment.post_id == post.id).order_by(Attachment.position)
    return ComposeState(
        text=post.source,
        warning=post.content_warning,
        sensitive=post.sensitive and not post.content_warning,
        language=post.language or "",
        audience=post.audience,
        markdown=post.source_type == MARKDOWN,
        quote_policy=quotes_in(post.interaction_policy, session.get_one(Actor, post.author_id)),
        edit=post.id,
        files=[_file(each) for each in session.scalars(files)],
    )


def _answer(session: Session, visit: Visit, post: Post) -> ComposeState:
    """Return an answer that names whom it answers, and whom that post named."""
    if post.boost_of_id is not None:
        post = get_visible_post(session, post.boost_of_id, visit.member.viewer)
    view = view_of(session, post, visit.member.viewer)
    people = [] if view is None else [view.author, *view.mentions]
    handles = [_handle(actor) for actor in people if actor.id != visit.member.actor_id]
    return ComposeState(
        text="".join(f"{handle} " for handle in dict.fromkeys(handles)),
        warning=post.content_warning,
        language=post.language or "",
        audience=Audience.DIRECT if post.audience == Audience.DIRECT else "",
        reply=post.id,
    )


def _handle(actor: Actor) -> str:
    return f"@{actor.username}" if actor.local else f"@{actor.username}@{actor.handle_host}"


def _unpublished(session: Session, visit: Visit, row: UnpublishedPost) -> ComposeState:
    wish: PostWish = wish_in(row.wish)
    rows = select(Attachment).where(Attachment.id.in_(wish.attachment_ids))
    found = {each.id: each for each in session.scalars(rows)}
    return ComposeState(
        text=wish.text,
        warning=wish.content_warning,
        sensitive=wish.sensitive,
        language=wish.language or "",
        audience=wish.audience or "",
        markdown=wish.content_type == MARKDOWN,
        quote_policy=wish.quote_policy,
        options=() if wish.poll is None else wish.poll.options,
        poll_multiple=wish.poll is not None and wish.poll.multiple,
        poll_hides=wish.poll is not None and wish.poll.hides_totals,
        poll_seconds=86_400 if wish.poll is None else wish.poll.seconds,
        reply=wish.in_reply_to_id,
        quote=wish.quote_of_id,
        draft=row.id if row.publish_at is None else None,
        scheduled=row.id if row.publish_at is not None else None,
        at="" if row.publish_at is None else local_moment(row.publish_at, visit),
        files=[_file(found[each]) for each in wish.attachment_ids if each in found],
    )


def _file(row: Attachment) -> FileState:
    focus = "" if row.focal_x is None or row.focal_y is None else f"{row.focal_x},{row.focal_y}"
    return FileState(row.id, row.description, focus)
