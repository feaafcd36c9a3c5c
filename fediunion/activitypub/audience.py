"""Who may see a post, and how that is written in `to` and `cc`."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from fediunion.activitypub.vocab_objects import PUBLIC, PUBLIC_SPELLINGS


class Audience(StrEnum):
    """Who may see a post. The order of the members is from the widest to the narrowest.

    `NETWORK` is the affiliated unions' instances, `LOCAL` this instance alone, `DIRECT` the actors named.
    """

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    NETWORK = "network"
    LOCAL = "local"
    DIRECT = "direct"

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it, listed or not."""
        return self in (Audience.PUBLIC, Audience.UNLISTED)

    @property
    def leaves_the_instance(self) -> bool:
        """Whether anybody on another server may be sent it."""
        return self is not Audience.LOCAL


_NARROWNESS = {audience: place for place, audience in enumerate(Audience)}


def narrower(a: Audience, b: Audience) -> Audience:
    """Return the narrower of two audiences: a reply may never reach further than what it answers.

    Followers and the network overlap without one holding the other; the order of Audience decides.
    """
    return a if _NARROWNESS[a] >= _NARROWNESS[b] else b


def audience_of(
    to: Iterable[str], cc: Iterable[str], followers_uri: str | None, *, network_uris: Iterable[str] = ()
) -> Audience:
    """Return who may see a received post, from its `to` and `cc`.

    The public in `to` is public, in `cc` unlisted; else the author's followers collection; else the
    collection of an affiliated union's network, where it is one of `network_uris`; else only the actors
    named. Anything unrecognised, an empty pair too, is DIRECT: the most private. Somebody else's followers
    collection is unrecognised as well, though its owner may be known here: who is in it is only the owner's
    to say, and the author cannot give away what the owner has not. Those named beside it see the post.
    Source: https://www.w3.org/TR/activitypub/#delivery, and Mastodon's reading of it.
    """
    direct, copied = set(to), set(cc)
    if direct & PUBLIC_SPELLINGS:
        return Audience.PUBLIC
    if copied & PUBLIC_SPELLINGS:
        return Audience.UNLISTED
    everyone = direct | copied
    if followers_uri is not None and followers_uri in everyone:
        return Audience.FOLLOWERS
    if everyone & set(network_uris):
        return Audience.NETWORK
    return Audience.DIRECT


def addressing_for(
    audience: Audience,
    *,
    followers_uri: str | None,
    mentioned: Sequence[str] = (),
    network_uri: str | None = None,
) -> tuple[list[str], list[str]]:
    """Return `to` and `cc` of an outgoing post; both are arrays. Whoever is mentioned is addressed.

    A `LOCAL` post names nobody outside: `mentioned` is left out. Raises ValueError where the collection
    that the audience needs is missing.
    """
    followers = [] if followers_uri is None else [followers_uri]
    people = list(dict.fromkeys(mentioned))
    match audience:
        case Audience.PUBLIC:
            return [PUBLIC], followers + people
        case Audience.UNLISTED:
            return followers, [PUBLIC, *people]
        case Audience.FOLLOWERS:
            if followers_uri is None:
                raise ValueError("A post to followers needs the followers collection of its author.")
            return followers, people
        case Audience.NETWORK:
            if network_uri is None:
                raise ValueError("A post to the network needs the network collection of its instance.")
            return [network_uri], people
        case Audience.LOCAL:
            return [], []
        case Audience.DIRECT:
            return people, []
