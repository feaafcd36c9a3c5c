"""What hangs on a document: hashtags, mentions, custom emoji, quotes, attachments, interaction policy."""

import re
from dataclasses import dataclass, field

from fediunion.activitypub.values import count, each, is_uri, name, recipients, text, type_names, uri
from fediunion.activitypub.vocab_objects import EmojiDocument
from fediunion.activitypub.vocab_posts import (
    ApprovalRule,
    AttachmentDocument,
    InteractionPolicy,
    MentionDocument,
    PollOption,
)
from fediunion.kit.json import JsonObject
from fediunion.kit.text import valid_hashtag

MAX_TAGS_READ = 1000
MAX_HASHTAGS = 100
MAX_MENTIONS = 100
MAX_EMOJIS = 100
MAX_ATTACHMENTS = 32
MAX_POLL_OPTIONS = 500
MAX_OPTION_CHARACTERS = 500
MAX_DESCRIPTION_CHARACTERS = 10_000
MAX_APPROVED = 100

_SHORTCODE = re.compile(r":?([\w+.-]{1,100}):?", re.ASCII)
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,.:;=?@\[\]^_{|}~-]{6,120}")
_QUOTE_RELATION = "https://misskey-hub.net/ns#_misskey_quote"
_DOCUMENT_TYPES = ("application/activity+json", "application/ld+json")


@dataclass(slots=True)
class Tags:
    """What the entries of `tag` say, sorted."""

    hashtags: list[str] = field(default_factory=list)
    mentions: list[MentionDocument] = field(default_factory=list)
    emojis: list[EmojiDocument] = field(default_factory=list)
    quote_uri: str | None = None


def parse_tags(value: object) -> Tags:
    """Return the hashtags, mentions, emoji and quote (FEP-e232) among the entries of `tag`, in order."""
    tags = Tags()
    if not value:
        return tags
    seen: set[str] = set()
    for entry in each(value, MAX_TAGS_READ):
        if isinstance(entry, str):
            _add_hashtag(tags, seen, entry)
        if not isinstance(entry, dict):
            continue
        kind = entry.get("type")
        if not isinstance(kind, str):
            kind = next(iter(type_names(kind)), None)
        if kind in ("Hashtag", "as:Hashtag"):
            _add_hashtag(tags, seen, entry.get("name"))
        elif kind == "Mention":
            href = uri(entry.get("href"))
            if href is not None and href not in seen and len(tags.mentions) < MAX_MENTIONS:
                seen.add(href)
                tags.mentions.append(MentionDocument(href=href, name=name(entry.get("name"))))
        elif kind in ("Emoji", "toot:Emoji"):
            emoji = _emoji(entry)
            if emoji is not None and emoji.shortcode not in seen and len(tags.emojis) < MAX_EMOJIS:
                seen.add(emoji.shortcode)
                tags.emojis.append(emoji)
        elif kind == "Link" and tags.quote_uri is None:
            tags.quote_uri = _quoted(entry)
    return tags


def _add_hashtag(tags: Tags, seen: set[str], value: object) -> None:
    if not isinstance(value, str) or len(tags.hashtags) >= MAX_HASHTAGS:
        return
    hashtag = value.lstrip("#＃")
    folded = f"#{hashtag.casefold()}"
    if valid_hashtag(hashtag) and folded not in seen:
        seen.add(folded)
        tags.hashtags.append(hashtag)


def _emoji(entry: JsonObject) -> EmojiDocument | None:
    shortcode = entry.get("name")
    found = _SHORTCODE.fullmatch(shortcode) if isinstance(shortcode, str) else None
    icon = entry.get("icon")
    address = picture_url(icon)
    if found is None or address is None:
        return None
    media_type = name(icon.get("mediaType")) if isinstance(icon, dict) else None
    return EmojiDocument(shortcode=found[1], icon_url=address, id=uri(entry.get("id")), media_type=media_type)


def picture_url(value: object) -> str | None:
    """Return where a picture is, from a string, an Image, a Link or an array of them; never an SVG."""
    for entry in each(value, 8):
        if isinstance(entry, dict):
            if str(entry.get("mediaType")).lower().startswith("image/svg"):
                continue
            address = entry.get("url") or entry.get("href")
            address = uri(address) if not isinstance(address, list) else picture_url(address)
        else:
            address = uri(entry)
        if address is not None and not address.lower().partition("?")[0].endswith((".svg", ".svgz")):
            return address
    return None


def _quoted(entry: JsonObject) -> str | None:
    media_type = str(entry.get("mediaType")).partition(";")[0].strip()
    relations = [relation for relation in each(entry.get("rel"), 8) if isinstance(relation, str)]
    is_quote = _QUOTE_RELATION in relations or not relations
    return uri(entry.get("href")) if media_type in _DOCUMENT_TYPES and is_quote else None


def parse_quote(document: JsonObject, tags: Tags) -> str | None:
    """Return the id of the quoted post: FEP-044f `quote`, else the older spellings, else a FEP-e232 tag."""
    for key in ("quote", "quoteUrl", "quoteUri", "_misskey_quote"):
        if key in document and (quoted := uri(document[key])) is not None:
            return quoted
    return tags.quote_uri


def parse_attachments(value: object) -> tuple[AttachmentDocument, ...]:
    """Return the first MAX_ATTACHMENTS files and links; what has no http address is left out."""
    found = (_attachment(entry) for entry in each(value, MAX_ATTACHMENTS))
    return tuple(attachment for attachment in found if attachment is not None)


def _attachment(entry: object) -> AttachmentDocument | None:
    if isinstance(entry, str):
        return AttachmentDocument(kind="link", url=entry) if is_uri(entry) else None
    if not isinstance(entry, dict):
        return None
    kind = next(iter(type_names(entry.get("type"))), "Document")
    where = entry.get("href") if kind == "Link" else entry.get("url")
    link = where[0] if isinstance(where, list) and where and isinstance(where[0], dict) else where
    address = uri(where) or uri(entry.get("href"))
    if address is None or kind == "PropertyValue":
        return None
    media_type = name(entry.get("mediaType"))
    if media_type is None and isinstance(link, dict):
        media_type = name(link.get("mediaType"))
    if "width" not in entry and isinstance(link, dict):
        entry = {"width": link.get("width"), "height": link.get("height"), **entry}
    description = text(entry.get("summary"), MAX_DESCRIPTION_CHARACTERS)
    blurhash = entry.get("blurhash")
    relations = entry.get("rel")
    return AttachmentDocument(
        kind=_attachment_kind(kind, media_type),
        url=address,
        media_type=media_type,
        description=description or text(entry.get("name"), MAX_DESCRIPTION_CHARACTERS),
        blurhash=blurhash if isinstance(blurhash, str) and _BLURHASH.fullmatch(blurhash) else None,
        width=_pixels(entry.get("width")),
        height=_pixels(entry.get("height")),
        focal_point=_focal_point(entry.get("focalPoint")),
        preview_url=picture_url(entry.get("icon")),
        duration=text(entry.get("duration"), 64),
        rel=tuple(each_rel for each_rel in each(relations, 8) if isinstance(each_rel, str)),
    )


def _attachment_kind(kind: str, media_type: str | None) -> str:
    family = (media_type or "").partition("/")[0].lower()
    if family in ("image", "video", "audio"):
        return family
    if media_type in ("application/x-mpegURL", "application/vnd.apple.mpegurl"):
        return "video"
    return kind.lower() if kind in ("Image", "Video", "Audio", "Link") else "document"


def _pixels(value: object) -> int | None:
    return value if type(value) is int and 0 < value <= 100_000 else None


def _focal_point(value: object) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    x, y = value
    if any(type(number) not in (int, float) or not -1 <= number <= 1 for number in value):
        return None
    return float(x), float(y)


def parse_media_links(value: object) -> tuple[AttachmentDocument, ...]:
    """Return the files among the Links of a `url`, as PeerTube and Funkwhale publish them; pages are none."""
    if not isinstance(value, list):
        return ()
    files = parse_attachments([entry for entry in value[:200] if isinstance(entry, dict)][:MAX_ATTACHMENTS])
    return tuple(file for file in files if file.kind in ("image", "video", "audio"))


def parse_interaction_policy(value: object) -> InteractionPolicy | None:
    """Return what the author allows others; GoToSocial's newer and older member names are read."""
    if not isinstance(value, dict):
        return None
    rules = (_approval(value.get(key)) for key in ("canLike", "canReply", "canAnnounce", "canQuote"))
    can_like, can_reply, can_announce, can_quote = rules
    return InteractionPolicy(
        can_like=can_like, can_reply=can_reply, can_announce=can_announce, can_quote=can_quote
    )


def _approval(value: object) -> ApprovalRule | None:
    if not isinstance(value, dict):
        return None
    automatic = value.get("automaticApproval", value.get("always"))
    manual = value.get("manualApproval", value.get("approvalRequired"))
    return ApprovalRule(
        automatic=recipients(automatic, MAX_APPROVED), manual=recipients(manual, MAX_APPROVED)
    )


def parse_poll_options(document: JsonObject) -> tuple[tuple[PollOption, ...], bool]:
    """Return the options of a poll and whether several may be chosen (`anyOf`)."""
    multiple = bool(document.get("anyOf"))
    options: dict[str, PollOption] = {}
    for entry in each(document.get("anyOf") or document.get("oneOf"), MAX_POLL_OPTIONS):
        if isinstance(entry, dict) and (label := text(entry.get("name"), MAX_OPTION_CHARACTERS)) is not None:
            replies = entry.get("replies")
            votes = count(replies.get("totalItems")) if isinstance(replies, dict) else None
            options.setdefault(label, PollOption(name=label, votes=votes))
    return tuple(options.values()), multiple


def parse_location(value: object) -> str | None:
    """Return where something takes place as one line: the place's name and address, or a web address."""
    place = next(each(value, 1), None)
    if not isinstance(place, dict):
        return name(place)
    address = place.get("address")
    keys = ("streetAddress", "postalCode", "addressLocality", "addressRegion", "addressCountry")
    parts = [place.get("name"), *(address.get(key) for key in keys)] if isinstance(address, dict) else []
    parts = parts or [place.get("name"), address, place.get("url")]
    words = [part.strip() for part in parts if isinstance(part, str) and part.strip()]
    return name(", ".join(dict.fromkeys(words)))
