"""Audiences: read from `to` and `cc`, written into them, and only ever narrowed."""

import itertools

import pytest

from fediunion.activitypub.audience import Audience, addressing_for, audience_of, narrower
from fediunion.activitypub.vocab import PUBLIC

FOLLOWERS = "https://us.example/actors/1/followers"
NETWORK = "https://us.example/network"
BOB = "https://good.example/actors/1"


@pytest.mark.parametrize(
    ("to", "cc", "audience"),
    [
        ([PUBLIC], [FOLLOWERS], Audience.PUBLIC),
        (["as:Public"], [], Audience.PUBLIC),
        (["Public", BOB], [], Audience.PUBLIC),
        ([FOLLOWERS], [PUBLIC], Audience.UNLISTED),
        ([], ["as:Public"], Audience.UNLISTED),
        ([FOLLOWERS], [BOB], Audience.FOLLOWERS),
        ([BOB], [FOLLOWERS], Audience.FOLLOWERS),
        ([NETWORK], [], Audience.NETWORK),
        ([BOB], [], Audience.DIRECT),
    ],
)
def test_the_audience_follows_from_whom_it_names(to: list[str], cc: list[str], audience: Audience) -> None:
    assert audience_of(to, cc, FOLLOWERS, network_uris=[NETWORK]) is audience


@pytest.mark.parametrize(
    "stranger", ["public", "as:public", f"{PUBLIC.lower()}", "https://evil.example/followers", "x"]
)
def test_P19_anything_unrecognised_is_the_most_private(stranger: str) -> None:
    assert audience_of([stranger], [], FOLLOWERS) is Audience.DIRECT
    assert audience_of([], [stranger], None) is Audience.DIRECT
    assert audience_of([], [], None) is Audience.DIRECT


@pytest.mark.parametrize("audience", [each for each in Audience if each is not Audience.LOCAL])
def test_what_is_written_reads_back_as_the_same(audience: Audience) -> None:
    to, cc = addressing_for(audience, followers_uri=FOLLOWERS, mentioned=[BOB, BOB], network_uri=NETWORK)
    assert audience_of(to, cc, FOLLOWERS, network_uris=[NETWORK]) is audience
    assert (to + cc).count(BOB) == 1


def test_a_local_post_names_nobody() -> None:
    assert addressing_for(Audience.LOCAL, followers_uri=FOLLOWERS, mentioned=[BOB]) == ([], [])
    assert not Audience.LOCAL.leaves_the_instance
    assert Audience.DIRECT.leaves_the_instance


def test_an_unlisted_post_without_followers_stays_unlisted() -> None:
    assert audience_of(*addressing_for(Audience.UNLISTED, followers_uri=None), None) is Audience.UNLISTED


def test_an_audience_that_lacks_its_collection_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="followers collection"):
        addressing_for(Audience.FOLLOWERS, followers_uri=None)
    with pytest.raises(ValueError, match="network collection"):
        addressing_for(Audience.NETWORK, followers_uri=FOLLOWERS)


def test_a_reply_only_narrows() -> None:
    order = list(Audience)
    for a, b in itertools.product(Audience, repeat=2):
        assert narrower(a, b) is narrower(b, a)
        assert order.index(narrower(a, b)) == max(order.index(a), order.index(b))
    assert narrower(Audience.PUBLIC, Audience.DIRECT) is Audience.DIRECT
    assert [each for each in Audience if each.is_public] == [Audience.PUBLIC, Audience.UNLISTED]
