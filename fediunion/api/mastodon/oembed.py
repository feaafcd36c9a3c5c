"""A post for other websites to show. Source: https://oembed.com/, docs.joinmastodon.org/methods/oembed/"""

from html import escape
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import ANONYMOUS
from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.kit.errors import NotFound
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_local_post
from fediunion.social.posts.visibility import may_see

_LONGEST_ADDRESS: Final = 2_048
_WIDTH: Final = 400
_CACHED_SECONDS: Final = 3_600


async def show_oembed(call: Call) -> Json:
    """Show a post of ours that everybody may read, as HTML without script or frame (V11)."""
    settings, params = call.world.settings, call.params
    address = params.text("url", most=_LONGEST_ADDRESS)
    if params.text("format", most=20, default="json") != "json":
        raise NotFound("Only JSON is given.")
    width = min(max(params.whole_number("maxwidth", _WIDTH), 1), 2 * _WIDTH)
    height = params.whole_number("maxheight", 0)
    post, author = await call.world.db.read(_public_post, address)
    name = author.display_name or author.username
    return {
        "type": "rich",
        "version": "1.0",
        "title": f"New status by {author.username}",
        "author_name": name,
        "author_url": author.url or author.uri,
        "provider_name": settings.handle_domain,
        "provider_url": f"{settings.base_url}/",
        "cache_age": _CACHED_SECONDS,
        "html": _html(post, author, name),
        "width": width,
        "height": height if height > 0 else None,
    }


def _public_post(session: Session, address: str) -> tuple[Post, Actor]:
    """Return the post that an address of this server names. Raises NotFound for all others."""
    post = find_local_post(session, urlsplit(address).path.rstrip("/").rpartition("/")[2])
    if (
        post is None
        or address.rstrip("/") not in (post.url, post.uri)
        or not may_see(session, post, ANONYMOUS)
    ):
        raise NotFound("There is no such post.")
    return post, get_actor(session, post.author_id)


def _html(post: Post, author: Actor, name: str) -> str:
    """Return a quotation with its source; words behind a warning stay behind it."""
    address = escape(post.url or post.uri)
    words = f"<p>{escape(post.content_warning)}</p>" if post.content_warning else post.content
    source = f'<a href="{escape(author.url or author.uri)}">{escape(name)}</a>'
    when = f'<a href="{address}">{post.published_at:%Y-%m-%d}</a>'
    return f'<blockquote cite="{address}">{words}<footer>{source}, {when}</footer></blockquote>'


ENDPOINTS: Final[tuple[Endpoint, ...]] = (get("/api/oembed", show_oembed, public=True),)
