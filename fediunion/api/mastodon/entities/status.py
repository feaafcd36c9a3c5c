"""The Status entity: what is the same for all readers, and what changes or depends on who reads."""

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.vocab import PUBLIC
from fediunion.actors.models import Actor
from fediunion.api.mastodon.entities.account import acct_of
from fediunion.api.mastodon.entities.card import card_entity
from fediunion.api.mastodon.entities.frame import (
    Entity,
    Frame,
    emoji_entities,
    maybe_told_instant,
    told_instant,
)
from fediunion.api.mastodon.entities.media_attachment import media_attachment_entity
from fediunion.api.mastodon.entities.visibility import visibility_of
from fediunion.kit.html import escape
from fediunion.social.posts.documents import is_known_outside
from fediunion.social.posts.models import Post
from fediunion.social.posts.policies import default_policy
from fediunion.social.posts.queries import PostView


def fixed_fields(view: PostView, frame: Frame) -> Entity:
    """Return the fields of a Status that stay as they are until it is edited; a boost shows what it boosts.

    Counts, marks, the poll, the quote and the account are left out: they change, or differ between readers.
    The last word is the rule for quotes, which `quoting.resolved` turns into what it means for a reader.
    Source: https://docs.joinmastodon.org/entities/Status/
    """
    post, shown = view.post, view.boosted or view
    audience = Audience(post.audience)
    return {
        "id": str(post.id),
        "created_at": told_instant(post.published_at, view.author, frame),
        "edited_at": maybe_told_instant(shown.post.edited_at, shown.author, frame),
        "in_reply_to_id": _id_or_none(post.in_reply_to_id),
        "in_reply_to_account_id": _id_or_none(post.in_reply_to_author_id),
        "sensitive": shown.post.sensitive or shown.author.sensitized_at is not None,
        "spoiler_text": shown.post.content_warning,
        "visibility": visibility_of(audience),
        "language": shown.post.language,
        "uri": post.uri,
        "url": post.url or shown.post.url or post.uri,
        "content": _content(shown.post),
        "application": None,
        "media_attachments": [media_attachment_entity(each, frame) for each in shown.attachments],
        "mentions": [
            _mention(actor) for actor in shown.mentions if frame.to_member or is_known_outside(actor)
        ],
        "tags": [{"name": tag.name, "url": f"{frame.base_url}/tags/{tag.name}"} for tag in shown.tags],
        "emojis": emoji_entities(shown.post.emojis, frame),
        "card": card_entity(shown.post, frame),
        "local_only": not audience.leaves_the_instance,
        "fediunion": {"audience": str(audience)},
        "quote_approval": _quote_approval(shown.post, shown.author),
    }


def _content(post: Post) -> str:
    """Return the words; an Article, Event or Page says its title first."""
    if not post.title:
        return post.content
    link = f'<a href="{escape(post.url)}">{escape(post.title)}</a>' if post.url else escape(post.title)
    return f"<p><strong>{link}</strong></p>{post.content}"


def _id_or_none(row_id: int | None) -> str | None:
    return None if row_id is None else str(row_id)


def _mention(actor: Actor) -> Entity:
    return {
        "id": str(actor.id),
        "username": actor.username,
        "url": actor.url or actor.uri,
        "acct": acct_of(actor),
    }


def _quote_approval(post: Post, author: Actor) -> Entity:
    """Return who may quote. Source: https://docs.joinmastodon.org/entities/QuoteApproval/

    `current_user` is a rule: `followers` and `manual_followers` mean different things for followers, what is
    `denied` an author may do, and what `nobody` may, no author either.
    """
    if post.audience == Audience.DIRECT:
        return {"automatic": [], "manual": [], "current_user": "nobody"}
    policy = post.interaction_policy or (default_policy(post, author) if author.local else {})
    rule = policy.get("canQuote")
    automatic = _approved(rule, "automaticApproval", author)
    manual = _approved(rule, "manualApproval", author)
    return {"automatic": automatic, "manual": manual, "current_user": _quote_rule(rule, automatic, manual)}


def _quote_rule(rule: Entity | None, automatic: list[str], manual: list[str]) -> str:
    for words, for_all, for_followers in (
        (automatic, "automatic", "followers"),
        (manual, "manual", "manual_followers"),
    ):
        if "public" in words:
            return for_all
        if "followers" in words:
            return for_followers
    return "unknown" if rule is None or automatic or manual else "denied"


def _approved(rule: Entity | None, key: str, author: Actor) -> list[str]:
    """Return who is approved, in the words of clients; the author alone is nobody else."""
    others = [uri for uri in (rule or {}).get(key, []) if uri != author.uri]
    return list(dict.fromkeys(_quoters(uri, author) for uri in others))


def _quoters(uri: str, author: Actor) -> str:
    if uri == PUBLIC:
        return "public"
    return "followers" if uri in (author.followers_url, f"{author.uri}/followers") else "unsupported_policy"
