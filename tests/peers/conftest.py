"""Both sides of the meeting: unions as processes, and a Fedify peer for each signature scheme."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from scripts.test_needs import Missing, ensure_fedify_peer
from tests.federation.processes import Client, UnionProcess
from tests.peers.fedify_peer import SCHEMES, FedifyPeer


@dataclass(frozen=True)
class Meeting:
    """Ana, a public member of a union, and an independent server."""

    ana: Client
    peer: FedifyPeer


@pytest.fixture(scope="session")
def union(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnionProcess]:
    """A union that shows what is public to everybody, with a hidden member `heron`."""
    with UnionProcess("union", tmp_path_factory.mktemp("instances") / "union") as union:
        union.run("member", "create", "heron", "--email", "heron@union.test", "--reach", "hidden")
        yield union


@pytest.fixture(scope="session")
def ben(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A public member of a union that asks a signature for everything."""
    with UnionProcess(
        "closed", tmp_path_factory.mktemp("instances") / "closed", authorized_fetch=True
    ) as closed:
        yield closed.member("ben")


@pytest.fixture(scope="session", params=list(SCHEMES))
def meeting(request: pytest.FixtureRequest, union: UnionProcess) -> Iterator[Meeting]:
    """A meeting with a peer that signs in one of the two schemes first; each has an Ana of its own."""
    try:
        ensure_fedify_peer()
    except Missing as reason:
        pytest.fail(f"the peer tests were asked for, but {reason}")
    with FedifyPeer(request.param) as peer:
        yield Meeting(union.member(f"ana_{request.param}"), peer)
