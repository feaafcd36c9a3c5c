"""Posts with what belongs to them, for rendering: without anything that differs from reader to reader."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Post, PostMention, PostTag
from fediunion.social.posts.queries import PostView


def load_views(session: Session, post_ids: Iterable[int], boosted_ids: Iterable[int]) -> list[PostView]:
    """Return posts that the reader was found to see; `boosted_ids` are those that some of them boost.

    In five queries: only what the same fields show for everybody is loaded, no poll and nobody's marks.
    """
    wanted = list(dict.fromkeys(post_ids))
    ids = list(dict.fromkeys([*wanted, *boosted_ids]))
    posts = {post.id: post for post in session.scalars(select(Post).where(Post.id.in_(ids)))}
    author_ids = {post.author_id for post in posts.values()}
    authors = {a.id: a for a in session.scalars(select(Actor).where(Actor.id.in_(author_ids)))}
    mentions: dict[int, list[Actor]] = defaultdict(list)
    for post_id, actor in session.execute(
        select(PostMention.post_id, Actor)
        .join(Actor, Actor.id == PostMention.actor_id)
        .where(PostMention.post_id.in_(ids), ~PostMention.silent)
        .order_by(PostMention.post_id, Actor.id)
    ):
        mentions[post_id].append(actor)
    tags: dict[int, list[PostTag]] = defaultdict(list)
    for tag in session.scalars(select(PostTag).where(PostTag.post_id.in_(ids)).order_by(PostTag.name)):
        tags[tag.post_id].append(tag)
    attachments: dict[int | None, list[Attachment]] = defaultdict(list)
    for attachment in session.scalars(
        select(Attachment).where(Attachment.post_id.in_(ids)).order_by(Attachment.position)
    ):
        attachments[attachment.post_id].append(attachment)

    def view(post_id: int) -> PostView:
        post = posts[post_id]
        return PostView(
            post=post,
            author=authors[post.author_id],
            boosted=view(post.boost_of_id) if post.boost_of_id in posts else None,
            mentions=mentions[post_id],
            tags=tags[post_id],
            attachments=attachments[post_id],
        )

    return [view(post_id) for post_id in wanted if post_id in posts]
