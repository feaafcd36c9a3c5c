"""Direct messages to people elsewhere: they are sent, and are nobody's post here."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.clock import format_instant
from fediunion.kit.html import escape
from fediunion.outbox.publish import Recipients, publish
from fediunion.union.campaigns.documents import message_document

_LINK: Final = 'rel="nofollow noopener"'


def send_message(session: Session, author: Actor, recipient: Actor, html: str, language: str) -> None:
    """Send a Note of our institution to one actor elsewhere, for that one alone to read.

    `html` are the paragraphs, ours and escaped; the recipient is named before them, for some servers tell
    nobody else. No post is stored: what a link in it opens stands in no table once it is delivered.
    An actor here is sent nothing.
    """
    if recipient.local:
        return
    content = f"<p>{_mention(recipient)}</p>{html}"
    published = format_instant(now_of(session))
    create = message_document(author, recipient, content, language, published=published)
    publish(session, author, create, Recipients(actor_ids=(recipient.id,)))


def linked(url: str) -> str:
    """Return a link whose text is its address, for the paragraphs of a message."""
    return f'<a href="{escape(url)}" {_LINK}>{escape(url)}</a>'


def _mention(actor: Actor) -> str:
    return (
        f'<span class="h-card"><a href="{escape(actor.url or actor.uri)}" class="u-url mention" {_LINK}>'
        f"@<span>{escape(actor.username)}</span></a></span>"
    )
