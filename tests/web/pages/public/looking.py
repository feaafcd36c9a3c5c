"""Looking at pages as somebody without an account: the union `nurses.test` and its people."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_local_actor
from tests.app.asking import Answered, ask
from tests.fakes.union import TestUnion

BROWSER: Final = [("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
PEER: Final = [("Accept", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"')]


async def browse(union: TestUnion, path: str, *more: tuple[str, str], method: str = "GET") -> Answered:
    """Ask for a page as a browser does."""
    return await ask(union.app, path, host=union.domain, headers=[*BROWSER, *more], method=method)


async def change(union: TestUnion, name: str, **values: object) -> None:
    """Change the row of somebody of ours."""

    def unit(session: Session) -> None:
        found = find_local_actor(session, name)
        assert found is not None
        for field, value in values.items():
            setattr(session.get_one(Actor, found.id), field, value)

    await union.world.db.write(unit)


async def assert_same_as_nobody(union: TestUnion, path: str, nobody: str, *, accept: Sequence[Any]) -> None:
    """Check that two addresses get the same answer byte for byte, a 404."""
    one = await ask(union.app, path, host=union.domain, headers=accept)
    other = await ask(union.app, nobody, host=union.domain, headers=accept)
    assert (one.status, one.headers, one.body) == (404, other.headers, other.body), path


def json_ld_of(page: Answered) -> list[Any]:
    """Return the data blocks of a page."""
    blocks = re.findall(rb'<script type="application/ld\+json">(.*?)</script>', page.body, re.DOTALL)
    return [orjson.loads(block) for block in blocks]


def attributes_of(page: Answered) -> set[str]:
    """Return the names of all attributes of a page, as a browser reads them."""
    found: set[str] = set()

    class Reading(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update(name for name, _ in attrs)

    reading = Reading()
    reading.feed(page.body.decode())
    reading.close()
    return found


def meta_of(page: Answered, name: str) -> str | None:
    """Return the content of a `meta` of that name or property."""
    found = re.search(rf'<meta (?:name|property)="{name}" content="([^"]*)"', page.body.decode())
    return None if found is None else found[1]
