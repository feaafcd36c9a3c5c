"""Two unions that run as long as the session, with a member for each client, and the clients."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from mastodon import Mastodon

from tests.clients.person import PASSWORD, Person
from tests.clients.push_sink import Sink, open_sink
from tests.databases import Databases
from tests.federation.processes import UnionProcess, eventually
from tests.social.media import samples

SCOPES = ["read", "write", "follow", "push", "profile"]


@pytest.fixture(scope="session")
def unions(
    lasting_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[UnionProcess, UnionProcess]]:
    """Two running servers at `http://localhost:PORT`."""
    folder = tmp_path_factory.mktemp("unions")
    with ExitStack() as stack:
        made = [
            UnionProcess("", folder / name, database_url=lasting_databases.empty()) for name in ("one", "two")
        ]
        one, two = (stack.enter_context(union) for union in made)
        yield one, two


@pytest.fixture(scope="session")
def person(tmp_path_factory: pytest.TempPathFactory) -> Callable[[UnionProcess, str], Person]:
    """Makes a member who can sign in."""
    password = tmp_path_factory.mktemp("passwords") / "password"
    password.write_text(PASSWORD)

    def make(union: UnionProcess, name: str) -> Person:
        email = f"{name}@union.example"
        union.run(
            *("member", "create", name, "--email", email),
            *("--password-file", str(password), "--reach", "public"),
        )
        return Person(union, name)

    return make


@pytest.fixture(scope="session")
def ana(unions: tuple[UnionProcess, UnionProcess], person: Callable[[UnionProcess, str], Person]) -> Person:
    """A member of the first union."""
    return person(unions[0], "ana")


@pytest.fixture(scope="session")
def reader(ana: Person) -> Mastodon:
    """Ana's Mastodon.py, logged in as its users do."""
    return logged_in(ana)


@pytest.fixture(scope="session")
def colleague(
    unions: tuple[UnionProcess, UnionProcess], person: Callable[[UnionProcess, str], Person]
) -> Mastodon:
    """Another member of the first union, with Mastodon.py too."""
    return logged_in(person(unions[0], "cleo"))


@pytest.fixture(scope="session")
def stranger(
    unions: tuple[UnionProcess, UnionProcess], person: Callable[[UnionProcess, str], Person]
) -> Mastodon:
    """A member of the second union, with Mastodon.py too."""
    return logged_in(person(unions[1], "ben"))


@pytest.fixture(scope="session")
def author(reader: Mastodon, stranger: Mastodon, ana: Person) -> Mastodon:
    """Ana, whom the stranger follows."""
    account = stranger.search_v2(f"@{ana.handle}", resolve=True, result_type="accounts").accounts[0]
    stranger.account_follow(account)
    eventually(lambda: stranger.account_relationships(account)[0].following)
    return reader


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A push service of the test's own."""
    with open_sink() as opened:
        yield opened


@pytest.fixture(scope="session")
def photograph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as a phone makes it."""
    path = tmp_path_factory.mktemp("files") / "photograph.jpg"
    path.write_bytes(samples.photograph(size=(320, 240)))
    return path


def logged_in(person: Person) -> Mastodon:
    """Return Mastodon.py with a token that it got for a code that the person copied."""
    base = person.base_url
    client_id, secret = Mastodon.create_app("Reader", SCOPES, api_base_url=base)
    client = Mastodon(client_id, secret, api_base_url=base)
    address = client.auth_request_url(scopes=SCOPES, allow_http=True)
    assert address.startswith(f"{base}/oauth/authorize?")
    client.log_in(code=person.code_for(address), scopes=SCOPES, allow_http=True)
    return client
