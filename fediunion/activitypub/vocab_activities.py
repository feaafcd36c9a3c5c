"""What actors do, as typed documents."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fediunion.activitypub.vocab_objects import EmojiDocument, Object


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity(Object):
    """Something that `actor` did to `object`, which is a Link where only its id was given.

    `target` is the id of what it was done towards; `published` is None where missing or garbage.
    """

    type_name: ClassVar[str] = "Activity"

    actor: str
    object: Object
    target: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience_uris: tuple[str, ...] = ()
    published: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _WithResult(Activity):
    """An answer that may have made something: `result` is its id (QuoteAuthorization, Agreement)."""

    result: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _WithEmoji(Activity):
    """A reaction: `content` is one emoji or `:shortcode:`, whose picture is then in `emojis`."""

    content: str | None = None
    emojis: tuple[EmojiDocument, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _WithContent(Activity):
    """An activity that may carry words for the receiver, as received."""

    content: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _WithInstrument(Activity):
    """A request to be allowed to use `object` in `instrument`, the thing that would do it."""

    instrument: Object | None = None


class Follow(Activity):
    """`actor` asks to receive what `object` publishes."""

    __slots__ = ()
    type_name = "Follow"


class Accept(_WithResult):
    """`actor` agrees to `object`: a Follow, Join, Offer, Invite or request."""

    __slots__ = ()
    type_name = "Accept"


class Reject(_WithResult):
    """`actor` does not agree, or no longer."""

    __slots__ = ()
    type_name = "Reject"


class TentativeAccept(_WithResult):
    """`actor` says perhaps (to an event or invitation)."""

    __slots__ = ()
    type_name = "TentativeAccept"


class TentativeReject(_WithResult):
    """`actor` says probably not."""

    __slots__ = ()
    type_name = "TentativeReject"


class Undo(Activity):
    """`actor` takes back `object`, an earlier activity of its own."""

    __slots__ = ()
    type_name = "Undo"


class Create(Activity):
    """`actor` published `object`."""

    __slots__ = ()
    type_name = "Create"


class Update(Activity):
    """`actor` changed `object`: a post, or itself."""

    __slots__ = ()
    type_name = "Update"


class Delete(Activity):
    """`actor` deleted `object`: a post, or itself."""

    __slots__ = ()
    type_name = "Delete"


class Announce(Activity):
    """`actor` boosts `object`; a group passes on an activity to its members (FEP-1b12)."""

    __slots__ = ()
    type_name = "Announce"


class Like(_WithEmoji):
    """`actor` favours `object`; with `content` it is an emoji reaction."""

    __slots__ = ()
    type_name = "Like"


class EmojiReact(_WithEmoji):
    """`actor` reacts to `object` with an emoji (Pleroma, Akkoma)."""

    __slots__ = ()
    type_name = "EmojiReact"


class Dislike(Activity):
    """`actor` votes against `object` (Lemmy)."""

    __slots__ = ()
    type_name = "Dislike"


class Block(Activity):
    """`actor` wants no contact with `object`."""

    __slots__ = ()
    type_name = "Block"


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag(_WithContent):
    """A report; `objects` are all ids reported, `object` is the first of them."""

    type_name: ClassVar[str] = "Flag"

    objects: tuple[str, ...] = ()


class Move(Activity):
    """`actor`, who is `object`, is from now on `target`."""

    __slots__ = ()
    type_name = "Move"


class Add(Activity):
    """`actor` adds `object` to the collection `target` (pins it)."""

    __slots__ = ()
    type_name = "Add"


class Remove(Activity):
    """`actor` removes `object` from the collection `target`."""

    __slots__ = ()
    type_name = "Remove"


class Join(_WithContent):
    """`actor` wants to take part in `object`, an event or group."""

    __slots__ = ()
    type_name = "Join"


class Leave(_WithContent):
    """`actor` no longer takes part in `object`."""

    __slots__ = ()
    type_name = "Leave"


class Offer(_WithContent):
    """`actor` offers `object`: an agreement (FEP-0837), a relationship."""

    __slots__ = ()
    type_name = "Offer"


class Invite(_WithContent):
    """`actor` invites to `object`."""

    __slots__ = ()
    type_name = "Invite"


class Ignore(Activity):
    """`actor` will not answer `object` (FEP-8a8e)."""

    __slots__ = ()
    type_name = "Ignore"


class View(Activity):
    """`actor` watched `object` (PeerTube); of no consequence."""

    __slots__ = ()
    type_name = "View"


class QuoteRequest(_WithInstrument):
    """`actor` asks to quote `object` in `instrument` (FEP-044f)."""

    __slots__ = ()
    type_name = "QuoteRequest"


class LikeRequest(_WithInstrument):
    """`actor` asks to favour `object` (GoToSocial)."""

    __slots__ = ()
    type_name = "LikeRequest"


class ReplyRequest(_WithInstrument):
    """`actor` asks to reply to `object` with `instrument` (GoToSocial)."""

    __slots__ = ()
    type_name = "ReplyRequest"


class AnnounceRequest(_WithInstrument):
    """`actor` asks to boost `object` (GoToSocial)."""

    __slots__ = ()
    type_name = "AnnounceRequest"


class FeatureRequest(_WithInstrument):
    """`actor` asks to feature `object` in a collection (FEP-7aa9)."""

    __slots__ = ()
    type_name = "FeatureRequest"


ACTIVITY_CLASSES: tuple[type[Activity], ...] = (
    *(
        Follow,
        Accept,
        Reject,
        TentativeAccept,
        TentativeReject,
        Undo,
        Create,
        Update,
        Delete,
        Announce,
    ),
    *(
        Like,
        EmojiReact,
        Dislike,
        Block,
        Flag,
        Move,
        Add,
        Remove,
        Join,
        Leave,
        Offer,
        Invite,
        Ignore,
        View,
    ),
    *(QuoteRequest, LikeRequest, ReplyRequest, AnnounceRequest, FeatureRequest),
)
