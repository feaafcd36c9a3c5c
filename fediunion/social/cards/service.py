"""The rules of previews: which link of which post, fetched when, kept for how long."""

import hashlib
import html
import random
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.activitypub.values import fits_index
from fediunion.db import announce, insert_ignoring, now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import BadDocument
from fediunion.kit.urls import parse_remote_url
from fediunion.social.cards.models import LinkCard, PostLink
from fediunion.social.cards.reading import PageHead
from fediunion.social.posts.models import Post
from fediunion.social.posts.quote_links import without_quote_link
from fediunion.social.posts.visibility import OPEN_AUDIENCES
from fediunion.world import CHANGED

FETCH: Final = "cards.fetch"
FETCHED_WITHIN: Final = timedelta(minutes=10)
"""A link is looked at within this time, not at once: many servers see it in the same moment (row R19)."""
_FRESH: Final = timedelta(days=14)
_NOTHING_FRESH: Final = timedelta(days=1)
_LINK = re.compile(r"<a\s([^>]*+)>")
_HREF = re.compile(r'\bhref="([^"]*+)"')
_NAMES_SOMEBODY = re.compile(r'\bclass="[^"]*\b(?:mention|hashtag)\b')


def want_card(session: Session, post: Post) -> None:
    """Have a post shown with the preview of its first link.

    Only of public and unlisted posts: a link that stands in others only is never asked for, as that would
    tell whoever runs the page that somebody here reads it.
    """
    if post.boost_of_id is not None or post.deleted_at is not None or post.audience not in OPEN_AUDIENCES:
        return
    url = link_of(session, post)
    if url is None:
        if "card_id" in post.card:
            post.card = {}
        return
    known = find_card(session, url)
    if known is not None and is_fresh(session, known):
        _show(post, known)
        return
    insert_ignoring(session, PostLink, [{"post_id": post.id, "url": url}])
    seconds = random.uniform(0, FETCHED_WITHIN.total_seconds())
    key = hashlib.sha256(url.encode()).hexdigest()[:32]
    enqueue(session, FETCH, at=now_of(session) + timedelta(seconds=seconds), key=f"card:{key}", url=url)


def link_of(session: Session, post: Post) -> str | None:
    """Return the first link of a post to a page elsewhere, that is neither a mention nor a hashtag.

    One that is too long to be found again by its address is passed over.
    """
    given = post.card.get("url") if "card_id" not in post.card else None
    words = without_quote_link(post.content)
    links = [given] if given else [_target(match[1]) for match in _LINK.finditer(words)]
    for link in links:
        if not link:
            continue
        try:
            url = parse_remote_url(link)
        except BadDocument:
            continue
        if url.authority not in settings_of(session).authority and fits_index(url.text):
            return url.text
    return None


def _target(attributes: str) -> str | None:
    if _NAMES_SOMEBODY.search(attributes):
        return None
    found = _HREF.search(attributes)
    return html.unescape(found[1]) if found else None


def find_card(session: Session, url: str) -> LinkCard | None:
    """Return what is known of a page."""
    return session.scalar(select(LinkCard).where(LinkCard.url == url))


def is_fresh(session: Session, card: LinkCard) -> bool:
    """Return whether a page need not be looked at again."""
    return now_of(session) - card.fetched_at < (_FRESH if card.card else _NOTHING_FRESH)


def find_wanting(session: Session, url: str) -> Post | None:
    """Return a public or unlisted post that still waits for the preview, one of ours first; None for none.

    Where there is a preview by now, it is shown.
    """
    known = find_card(session, url)
    if known is not None and is_fresh(session, known):
        record_posts(session, known)
        return None
    return min(_waiting(session, url), key=lambda post: not post.local, default=None)


def record_card(session: Session, url: str, head: PageHead) -> None:
    """Keep what a page says about itself, and show it with the posts that wait for it."""
    card = find_card(session, url)
    if card is None:
        card = LinkCard(url=url, fetched_at=now_of(session))
        session.add(card)
    card.card, card.image_url, card.fetched_at = head.card, head.image_url, now_of(session)
    record_posts(session, card)


def record_posts(session: Session, card: LinkCard) -> None:
    """Show a card with the posts that wait for it."""
    for post in _waiting(session, card.url):
        _show(post, card)
    session.execute(delete(PostLink).where(PostLink.url == card.url))
    announce(session, CHANGED, "posts")


def find_image_url(session: Session, card_id: int) -> str | None:
    """Return the address of the picture of a card."""
    return session.scalar(select(LinkCard.image_url).where(LinkCard.id == card_id))


def _waiting(session: Session, url: str) -> Sequence[Post]:
    return session.scalars(
        select(Post)
        .join(PostLink, PostLink.post_id == Post.id)
        .where(PostLink.url == url, Post.deleted_at.is_(None), Post.audience.in_(OPEN_AUDIENCES))
    ).all()


def _show(post: Post, card: LinkCard) -> None:
    if not card.card:
        return
    shown: dict[str, Any] = {**card.card, "url": card.url, "card_id": card.id}
    if card.image_url is not None:
        shown["image"] = card.image_url
    post.card = shown
