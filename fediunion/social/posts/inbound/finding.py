"""The post that an activity is about."""

from fediunion.actors.viewer import Viewer
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import Refused
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.visibility import may_see


def stored_post(ctx: InboxContext, known: KnownUri) -> Post:
    """Return the post or boost that an id names, whoever may see it. Raises Refused where it is gone."""
    post = find_post(ctx.session, known.row_id or 0)
    if post is None:
        raise Refused("is about a post that we do not have", reason="unknown-post")
    return post


def visible_post(ctx: InboxContext, known: KnownUri) -> Post:
    """Return the post. Raises Refused alike for one that is not there and one that may not be known (A30)."""
    post = find_post(ctx.session, known.row_id or 0)
    viewer = Viewer(ctx.sender.id, ctx.sender.host)
    if post is None or post.boost_of_id is not None or not may_see(ctx.session, post, viewer):
        raise Refused("is about a post that is not there", reason="unknown-post")
    return post
