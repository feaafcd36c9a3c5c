"""Received posts, from the JSON of any server, as typed documents."""

from collections.abc import Callable
from typing import Any

from fediunion.activitypub.parse_tags import (
    parse_attachments,
    parse_interaction_policy,
    parse_location,
    parse_media_links,
    parse_poll_options,
    parse_quote,
    parse_tags,
    picture_url,
)
from fediunion.activitypub.values import (
    count,
    each,
    fits_index,
    instant,
    is_uri,
    name,
    recipients,
    text,
    total_of,
    truth,
    uri,
    uris,
)
from fediunion.activitypub.vocab_posts import (
    Article,
    AttachmentDocument,
    Audio,
    Event,
    Image,
    Note,
    Page,
    PostDocument,
    Question,
    UnknownObject,
    Video,
)
from fediunion.kit.errors import BadDocument
from fediunion.kit.html import text_to_html
from fediunion.kit.json import JsonObject
from fediunion.kit.text import valid_language_tag

MAX_RECIPIENTS = 1000
MAX_AUTHORS = 16
MAX_LANGUAGES = 32
MAX_INLINE_REPLIES = 50
_PLAIN_TEXT = frozenset({"text/plain", "text/markdown", "text/x.misskeymarkdown"})


def parse_post(cls: type[PostDocument], type_name: str, document: JsonObject) -> PostDocument:
    """Return the document as `cls`. Raises BadDocument where its id cannot be one."""
    values = _common_values(document, type_name)
    more = _MORE.get(cls)
    if more is not None:
        more(document, values)
    return cls(**values)


def parse_unknown(type_name: str, document: JsonObject, *, embedded: bool) -> UnknownObject:
    """Return a thing of a type nobody knows; embedded ones (an Agreement in an Offer) may lack an id."""
    if embedded and document.get("id") is None:
        document = {**document, "id": "https://without.id/"}
        return UnknownObject(**(_common_values(document, type_name) | {"id": ""}))
    return UnknownObject(**_common_values(document, type_name))


def _post_id(document: JsonObject) -> str:
    """Return the id. A fragment is accepted from poll votes alone: Mastodon's are `…/actor#votes/1`."""
    post_id = document.get("id")
    if is_uri(post_id) and isinstance(post_id, str):
        is_vote = document.get("name") and document.get("inReplyTo") and not document.get("content")
        if "#" not in post_id or is_vote:
            return post_id
    raise BadDocument("A post needs an absolute http(s) id without fragment.", reason="bad-id")


def _common_values(document: JsonObject, type_name: str) -> dict[str, Any]:
    get = document.get
    content, content_map, language = _content(document)
    tags = parse_tags(get("tag"))
    replies, likes, shares = get("replies"), get("likes"), get("shares")
    is_media = type_name in ("Video", "Audio", "Image")
    url = get("url")
    attachments = parse_attachments(get("attachment")) if get("attachment") else ()
    if is_media or "image" in document:
        attachments = _with_own_media(document, type_name, attachments)
    return {
        "id": _post_id(document),
        "type": type_name,
        "raw": document,
        "attributed_to": uris(
            get("attributedTo") or (get("actor") if type_name != "Note" else None), MAX_AUTHORS
        ),
        "content": content,
        "content_map": content_map,
        "language": language,
        "media_type": name(get("mediaType")),
        "source": _source(document),
        "name": name(get("name")) or _first_of_map(get("nameMap")),
        "summary": text(get("summary")) or _first_of_map(get("summaryMap")),
        "sensitive": get("sensitive") is True,
        "published": instant(get("published")),
        "updated": instant(get("updated")),
        "url": url if isinstance(url, str) and is_uri(url) else _page_url(url),
        "in_reply_to": uri(get("inReplyTo")),
        "to": recipients(get("to"), MAX_RECIPIENTS),
        "cc": recipients(get("cc"), MAX_RECIPIENTS),
        "audience_uris": uris(get("audience"), MAX_AUTHORS),
        "hashtags": tuple(tags.hashtags),
        "mentions": tuple(tags.mentions),
        "emojis": tuple(tags.emojis),
        "attachments": attachments,
        "replies": uri(replies),
        "reply_uris": _inline_replies(replies),
        "replies_count": total_of(replies),
        "likes": uri(likes),
        "likes_count": total_of(likes),
        "shares": uri(shares),
        "shares_count": total_of(shares),
        "context": _opaque(get("context")),
        "conversation": _opaque(get("conversation", get("ostatus:conversation"))),
        "quote_uri": parse_quote(document, tags),
        "quote_authorization": uri(get("quoteAuthorization")),
        "interaction_policy": parse_interaction_policy(get("interactionPolicy")),
        "start_time": instant(get("startTime")),
        "end_time": instant(get("endTime")),
        "location": parse_location(get("location")) if get("location") else None,
    }


def _content(document: JsonObject) -> tuple[str | None, dict[str, str], str | None]:
    """Return content, its translations, and its language.

    The language is the key of `contentMap` whose value is the content, else its first valid key
    (GoToSocial's and Mastodon's readings), else what `language` (Lemmy, PeerTube) or `inLanguage`
    (Mobilizon) say. A malformed key is ignored by itself.
    """
    content = text(document.get("content"))
    translations: dict[str, str] = {}
    content_map = document.get("contentMap")
    if isinstance(content_map, dict):
        translations = {
            tag: value
            for tag, value in list(content_map.items())[:MAX_LANGUAGES]
            if valid_language_tag(tag) and isinstance(value, str)
        }
    language: str | None = None
    if translations:
        exact = (tag for tag, value in translations.items() if value == content)
        language = next(exact, next(iter(translations)))
        content = content if content is not None else translations[language]
    else:
        declared = document.get("language") or document.get("inLanguage")
        declared = declared.get("identifier") if isinstance(declared, dict) else declared
        language = declared if isinstance(declared, str) and valid_language_tag(declared) else None
    if content is not None and document.get("mediaType") in _PLAIN_TEXT:
        content = text_to_html(content, mentions={}, hashtag_url=None)
    return content, translations, language


def _first_of_map(value: object) -> str | None:
    return (
        next((name(each_) for each_ in value.values() if name(each_)), None)
        if isinstance(value, dict)
        else None
    )


def _source(document: JsonObject) -> str | None:
    source = document.get("source")
    inner = source.get("content") if isinstance(source, dict) else document.get("_misskey_content")
    return text(inner)


def _page_url(value: object) -> str | None:
    """Return the address of the page for people: the HTML one among Links, else the first."""
    links = [entry for entry in each(value, 200) if isinstance(entry, dict)]
    pages = [link for link in links if str(link.get("mediaType")).startswith("text/html")]
    return uri(pages) or uri(value)


def _opaque(value: object) -> str | None:
    """Return an identifier that need not be an address (`tag:…`), from a string or an object's id."""
    value = value.get("id") if isinstance(value, dict) else value
    usable = isinstance(value, str) and bool(value) and fits_index(value) and value.isprintable()
    return value if usable and isinstance(value, str) else None


def _inline_replies(replies: object) -> tuple[str, ...]:
    page = replies.get("first", replies) if isinstance(replies, dict) else None
    if not isinstance(page, dict):
        return ()
    return uris(page.get("items") or page.get("orderedItems"), MAX_INLINE_REPLIES)


def _with_own_media(
    document: JsonObject, type_name: str, attachments: tuple[AttachmentDocument, ...]
) -> tuple[AttachmentDocument, ...]:
    """Return the attachments with the thing's own files, and an article's leading picture, before them."""
    own: tuple[AttachmentDocument, ...] = ()
    if type_name in ("Video", "Audio", "Image"):
        url = document.get("url")
        files = parse_media_links(url)
        if not files and isinstance(url, str) and type_name == "Image":
            files = parse_attachments({**document, "attachment": None})
        preview = picture_url(document.get("icon"))
        own = tuple(
            AttachmentDocument(
                kind=file.kind,
                url=file.url,
                media_type=file.media_type,
                description=name(document.get("name")) if type_name == "Image" else None,
                width=file.width,
                height=file.height,
                blurhash=file.blurhash,
                preview_url=preview,
                duration=text(document.get("duration"), 64),
            )
            for file in files
        )
    if picture := picture_url(document.get("image")):
        own += tuple(found for found in parse_attachments(document["image"]) if found.url == picture) or (
            AttachmentDocument(kind="image", url=picture),
        )
    known = {attachment.url for attachment in attachments}
    return tuple(file for file in own if file.url not in known) + attachments


def _question_values(document: JsonObject, values: dict[str, Any]) -> None:
    values["options"], values["multiple"] = parse_poll_options(document)
    closed = document.get("closed")
    ended = values["end_time"] or values["updated"] or values["published"]
    values["closed"] = instant(closed) or (ended if truth(closed) else None)
    values["voters_count"] = count(document.get("votersCount"))


def _event_values(document: JsonObject, values: dict[str, Any]) -> None:
    attachments: tuple[AttachmentDocument, ...] = values["attachments"]
    website = (found.url for found in attachments if found.kind == "link" and found.description == "Website")
    values["timezone"] = text(document.get("timezone"), 64)
    values["status"] = text(document.get("status", document.get("ical:status")), 64)
    values["join_mode"] = text(document.get("joinMode"), 64)
    values["attendees"] = uri(document.get("attendees"))
    values["participant_count"] = count(document.get("participantCount"))
    values["maximum_attendees"] = count(document.get("maximumAttendeeCapacity")) or None
    values["online_url"] = next(website, None)


_MORE: dict[type[PostDocument], Callable[[JsonObject, dict[str, Any]], None]] = {
    Question: _question_values,
    Event: _event_values,
}

POST_TYPES: dict[str, type[PostDocument]] = {
    cls.type_name: cls for cls in (Note, Question, Article, Page, Event, Image, Audio, Video)
}
