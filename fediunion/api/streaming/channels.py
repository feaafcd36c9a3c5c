"""Which streams there are, what they need, and how they are named.

Source: https://docs.joinmastodon.org/methods/streaming/#streams
"""

from typing import Final, NamedTuple

import orjson

from fediunion.api.auth import Caller, Unauthorized, allows
from fediunion.api.errors import BadRequest
from fediunion.api.params import id_in
from fediunion.kit.errors import NotAllowed
from fediunion.kit.text import normalise_hashtag

USER: Final = "user"
NOTIFICATIONS: Final = "user:notification"
DIRECT: Final = "direct"
LIST: Final = "list"
HASHTAGS: Final = ("hashtag", "hashtag:local")
PUBLIC: Final = (
    *("public", "public:media"),
    *("public:local", "public:local:media"),
    *("public:remote", "public:remote:media"),
)
_SCOPES: Final = {
    USER: ("read:statuses",),
    NOTIFICATIONS: ("read:notifications",),
    DIRECT: ("read:statuses",),
    # As documented, or what the timeline of a list asks for.
    LIST: ("read:statuses", "read:lists"),
    **dict.fromkeys((*HASHTAGS, *PUBLIC), ("read:statuses",)),
}
LONGEST_TAG: Final = 100


class Channel(NamedTuple):
    """One stream as the hub files it. `about`: the member, the list, the hashtag, or nothing."""

    name: str
    about: int | str = ""


class Subscription(NamedTuple):
    """A channel, and the `stream` that its frames name: JSON, with the parameter as the client wrote it."""

    channel: Channel
    label: str


def scopes_of(name: str) -> tuple[str, ...]:
    """Return the scopes of which a stream needs one; BadRequest for a stream that is not there."""
    scopes = _SCOPES.get(name)
    if scopes is None:
        raise BadRequest("Unknown stream type")
    return scopes


def is_open(name: str) -> bool:
    """Return whether a stream is there without a login, as the timelines of everybody are."""
    return name in PUBLIC or name in HASHTAGS


def subscription_to(name: str, caller: Caller | None, *, tag: object, list_id: object) -> Subscription:
    """Return what a client asks for.

    Raises BadRequest for a stream that is not there or lacks its parameter, Unauthorized without a login,
    NotAllowed without the scope (row O08). Whose the list is, is not asked here.
    """
    scopes = scopes_of(name)
    if caller is None:
        if not is_open(name):
            raise Unauthorized("This method requires an authenticated user")
    elif not any(allows(caller.scopes, scope) for scope in scopes):
        raise NotAllowed("This action is outside the authorized scopes")
    label: list[str] = [name]
    about: int | str = ""
    if name in HASHTAGS:
        about = _tag(tag)
        label.append(str(tag))
    elif name == LIST:
        number = id_in(list_id)
        if number is None:
            raise BadRequest("The parameter list is missing")
        about = number
        label.append(str(number))
    elif caller is not None and not is_open(name):
        about = caller.actor_id
    return Subscription(Channel(name, about), orjson.dumps(label).decode())


def _tag(tag: object) -> str:
    if not isinstance(tag, str) or len(tag) > LONGEST_TAG:
        raise BadRequest("The parameter tag is missing")
    name = normalise_hashtag(tag.strip().removeprefix("#"))
    if not name:
        raise BadRequest("The parameter tag is missing")
    return name
