"""Flag: reports from other servers, as received."""

from collections.abc import Sequence

from sqlalchemy import select

from fediunion.activitypub import vocab
from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_actors_by_uri, get_actor
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import Refused
from fediunion.kit.html import html_to_text
from fediunion.social.moderation.models import Report
from fediunion.social.moderation.reports import MAX_POSTS, record_report
from fediunion.social.posts.models import Post

_LONGEST_READ = 20_000


def receive_flag(ctx: InboxContext, flag: vocab.Flag, _known: KnownUri) -> None:
    """Somebody elsewhere reports ours, naming them and their posts by their ids."""
    _receive(ctx, flag)


def receive_flag_of_document(ctx: InboxContext, flag: vocab.Flag, _object: vocab.Object) -> None:
    """As receive_flag; what is embedded is looked up by its id, never believed."""
    _receive(ctx, flag)


def _receive(ctx: InboxContext, flag: vocab.Flag) -> None:
    """Store one report for each of ours, with those of the named posts that it wrote (row A28)."""
    uris = list(dict.fromkeys([*flag.objects, flag.object.id]))
    if len(uris) > MAX_POSTS:
        raise Refused(f"reports {len(uris)} things at once", reason="too-many-objects")
    if ctx.session.scalar(select(Report.id).where(Report.uri == flag.id)) is not None:
        return
    posts = _posts_that_left(ctx, uris)
    targets = [actor for actor in find_actors_by_uri(ctx.session, uris).values() if _can_be_reported(actor)]
    known = {actor.id for actor in targets}
    for author_id in dict.fromkeys(post.author_id for post in posts):
        author = get_actor(ctx.session, author_id)
        if author_id not in known and _can_be_reported(author):
            targets.append(author)
    if not targets:
        raise Refused("reports nobody here", reason="nobody-here")
    comment = html_to_text((flag.content or "")[:_LONGEST_READ])
    for place, target in enumerate(targets):
        own = [post.uri for post in posts if post.author_id == target.id]
        record_report(ctx.session, ctx.sender, flag.id if place == 0 else None, target, own, comment)


def _posts_that_left(ctx: InboxContext, uris: Sequence[str]) -> Sequence[Post]:
    """Return our posts among `uris` that another server can know of."""
    return ctx.session.scalars(
        select(Post).where(
            Post.uri.in_(uris), Post.local, Post.audience != Audience.LOCAL, Post.deleted_at.is_(None)
        )
    ).all()


def _can_be_reported(actor: Actor) -> bool:
    """Return whether a report about this actor can be true: nobody outside knows a hidden member."""
    own = actor.local and actor.deleted_at is None and actor.reach != Reach.HIDDEN
    return own and actor.kind not in (ActorKind.INSTANCE, ActorKind.READER)
