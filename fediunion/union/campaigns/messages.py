"""Direct messages to people elsewhere: they are sent, and are nobody's post here."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import activity_document
from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.clock import format_instant
from fediunion.kit.html import escape
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.outbox.publish import Recipients, publish

_LINK: Final = 'rel="nofollow noopener"'


def send_message(session: Session, author: Actor, recipient: Actor, html: str, language: str) -> None:
    """Send a Note of our institution to one actor elsewhere, for that one alone to read.

    `html` are the paragraphs, ours and escaped; the recipient is named before them, for some servers tell
    nobody else. No post is stored: what a link in it opens stands in no table once it is delivered.
    An actor here is sent nothing.
    """
    if recipient.local:
        return
    publish(
        session,
        author,
        message_document(author, recipient, html, language, published=format_instant(now_of(session))),
        Recipients(actor_ids=(recipient.id,)),
    )


def message_document(
    author: Actor, recipient: Actor, html: str, language: str, *, published: str
) -> JsonObject:
    """Return the Create of a message, without `@context`."""
    uri = f"{author.uri}/messages/{new_slug()}"
    content = f"<p>{_mention(recipient)}</p>{html}"
    note: JsonObject = {
        "id": uri,
        "type": "Note",
        "attributedTo": author.uri,
        "to": [recipient.uri],
        "cc": [],
        "published": published,
        "content": content,
        "contentMap": {language: content},
        "sensitive": False,
        "tag": [
            {
                "type": "Mention",
                "href": recipient.uri,
                "name": f"@{recipient.username}@{recipient.handle_host}",
            }
        ],
    }
    create = activity_document("Create", f"{uri}/activity", author.uri, note, to=[recipient.uri])
    return create | {"published": published}


def linked(url: str) -> str:
    """Return a link whose text is its address, for the paragraphs of a message."""
    return f'<a href="{escape(url)}" {_LINK}>{escape(url)}</a>'


def _mention(actor: Actor) -> str:
    return (
        f'<span class="h-card"><a href="{escape(actor.url or actor.uri)}" class="u-url mention" {_LINK}>'
        f"@<span>{escape(actor.username)}</span></a></span>"
    )
