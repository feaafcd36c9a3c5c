"""What happens between followers and followed, for the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Followed:
    """`follower_id` follows `followed_id` from now on."""

    follower_id: int
    followed_id: int


@dataclass(frozen=True)
class FollowRequested:
    """`follower_id` asks our `followed_id`, who decides."""

    follower_id: int
    followed_id: int


@dataclass(frozen=True)
class Unfollowed:
    """`follower_id` no longer follows `followed_id`."""

    follower_id: int
    followed_id: int


@dataclass(frozen=True)
class HostRefused:
    """A member wants nothing from `host`; so many accepted follows of it (`followers`) and by it ended."""

    member_id: int
    host: str
    followers: int
    following: int


@dataclass(frozen=True)
class Blocked:
    """`blocker_id` blocks `blocked_id` from now on."""

    blocker_id: int
    blocked_id: int
