"""What happens to posts, for the features above."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediunion.activitypub.vocab import PostDocument
from fediunion.actors.models import Actor
from fediunion.social.posts.models import Post


@dataclass(frozen=True)
class PostStored:
    """A post or a boost is new here, ours or remote.

    `follower_ids` are the local followers of the author; `mentioned_ids` the local actors it addresses.
    `live` is False for what was fetched as context or backfill: nobody is notified of those. `tagged` is
    False where it has no hashtag, `answered` where no reply to it came before it. `document` is what a remote
    post was read from, as a feature claims it.
    """

    post: Post
    author: Actor
    follower_ids: Sequence[int]
    mentioned_ids: Sequence[int]
    live: bool = True
    tagged: bool = True
    answered: bool = True
    document: PostDocument | None = None


@dataclass(frozen=True)
class PostEdited:
    """A post reads differently now; `document` is what a remote one's new words were read from."""

    post: Post
    document: PostDocument | None = None


@dataclass(frozen=True)
class PostRemoved:
    """A post or a boost is gone."""

    post: Post


@dataclass(frozen=True)
class PostFavourited:
    """`actor_id` likes a post of ours."""

    post: Post
    actor_id: int


@dataclass(frozen=True)
class PostQuoted:
    """A post of ours is quoted in `quoting`."""

    post: Post
    quoting: Post


@dataclass(frozen=True)
class PollEnded:
    """A poll that somebody here made or voted in has ended."""

    post: Post
    voter_ids: Sequence[int]


@dataclass(frozen=True)
class PollVoted:
    """`voter` chose options of a poll by number; what reacts may refuse it by raising.

    `uri` is the id of a vote from elsewhere, None for one made here.
    """

    post: Post
    voter: Actor
    choices: Sequence[int]
    uri: str | None = None
