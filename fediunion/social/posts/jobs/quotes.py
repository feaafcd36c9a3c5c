"""Whether a quote of elsewhere stands: asked of the server of the author who is quoted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.authority import is_ours
from fediunion.actors.queries import get_actor
from fediunion.kit.errors import Gone, NotFound
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import same_origin
from fediunion.social.posts.documents import is_consent_to_quote
from fediunion.social.posts.fetching import ask, cause_of, fetch_post
from fediunion.social.posts.jobs.asking import nothing_to_have
from fediunion.social.posts.models import Post, QuoteApproval
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service import quotes
from fediunion.world import World


async def check_quote(world: World, payload: JsonObject) -> None:
    """Job: look whether the quoted author agreed; only then is the quoted post shown (FEP-044f, row A31)."""
    post = await world.db.read(find_post, payload["post_id"])
    if post is None or post.deleted_at is not None or not post.quote_uri:
        return
    with nothing_to_have():
        quoted = await fetch_post(world, post.quote_uri, cause=cause_of(post, post.quote_uri))
        stands = await _consent_stands(world, post, quoted)
        await world.db.write(_settle_quote, post.id, post.quote_uri, quoted.id, stands)


async def _consent_stands(world: World, post: Post, quoted: Post) -> bool:
    if quoted.author_id == post.author_id:
        return True
    if quoted.local:
        return await world.db.read(_we_agreed, quoted.id, post.uri)
    authorization = post.quote_authorization_uri
    if authorization is None or is_ours(authorization, world.settings.authority):
        return False
    author = await world.db.read(get_actor, quoted.author_id)
    if not same_origin(authorization, author.uri):
        return False
    try:
        document = await ask(world, authorization, cause=cause_of(post, authorization))
    except (Gone, NotFound):
        return False
    return is_consent_to_quote(document, author, post, quoted)


def _we_agreed(session: Session, quoted_id: int, quoting_uri: str) -> bool:
    statement = select(QuoteApproval.id).where(
        QuoteApproval.post_id == quoted_id,
        QuoteApproval.kind == quotes.QUOTE,
        QuoteApproval.quoting_uri == quoting_uri,
        QuoteApproval.revoked_at.is_(None),
    )
    return session.scalar(statement) is not None


def _settle_quote(session: Session, post_id: int, quote_uri: str, quoted_id: int, stands: bool) -> None:
    post = find_post(session, post_id)
    if post is None or post.deleted_at is not None or post.quote_uri != quote_uri:
        return
    post.quote_of_id = quoted_id
    if stands and post.quote_state == quotes.PENDING:
        quotes.confirm_quote(session, post, post.quote_authorization_uri)
