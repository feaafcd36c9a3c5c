"""The documents shown in docs/federation/examples, made by a running union.

`python -m tests.architecture.federation_examples` writes them anew.
"""

import asyncio
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.contexts import CONTEXT, VACANCY_TERMS
from fediunion.actors.models import ActorKind
from fediunion.actors.queries import get_actor
from fediunion.kit.urls import parse_remote_url
from fediunion.outbox.models import OutboxActivity
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service.publishing import withdraw_post
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.union.vacancies.reading import read_notice
from tests.architecture.federation_examples_of_calls import call_examples, co_sponsor_examples
from tests.architecture.federation_examples_of_unions import affiliation_examples
from tests.databases import SqliteDatabases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, settle
from tests.union.vacancies.conftest import publish
from tests.union.vacancies.samples import posting

FOLDER = Path(__file__).parents[2] / "docs" / "federation" / "examples"

_DOMAIN = "union.example"
_VARYING = (
    (
        re.compile(
            r"(/posts/|/activities/|/affiliations/|/contexts/|/@ana/|/vacancies/|/campaigns/|/co-sponsors/)[1-9A-Za-z]{22}"
        ),
        r"\1SLUG",
    ),
    (
        re.compile(r"-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\n?"),
        "-----BEGIN PUBLIC KEY-----…",
    ),
    (re.compile(r"^z[1-9A-HJ-NP-Za-km-z]{40,}$"), "z…"),
)


async def examples(folder: Path) -> dict[str, Any]:
    """Return the documents by the names of their files; what differs from run to run is cut short."""
    made: dict[str, Any] = {"context.json": CONTEXT, "context-vacancy.json": [VACANCY_TERMS]}
    clock, databases = FakeClock(), SqliteDatabases(folder)
    union = await TestUnion.start(FakeInternet(), _DOMAIN, databases.with_tables(), clock)
    await union.member("ana")
    made["actor-member.json"] = await _get(union, "ana")
    made["actor-union.json"] = await _get(union, "union")
    made |= await _posts(union)
    made["vacancy-create.json"] = await _vacancy(union)
    made |= await call_examples(union)
    await union.close()
    made |= await affiliation_examples(clock, databases)
    made |= await co_sponsor_examples(databases, folder)

    settings = settings_for(_DOMAIN, folder, databases.with_tables())
    settings = replace(settings, federation=replace(settings.federation, authorized_fetch=True))
    closed = await TestUnion.start(FakeInternet(), _DOMAIN, "", clock, settings=settings)
    await closed.member("ana")
    made["actor-member-unsigned.json"] = await _get(closed, "ana")
    await closed.close()
    return {name: _shown(document) for name, document in made.items()}


async def _posts(union: TestUnion) -> dict[str, Any]:
    notes = {}
    for audience in Audience:
        post = await union.post("ana", "Night shifts are #TooLong", audience=audience, language="en")

        def load(session: Session, uri: str = post.uri) -> Any:
            found = find_post_by_uri(session, uri)
            assert found is not None
            return render(session, author_view(session, found))

        if audience not in (Audience.LOCAL, Audience.DIRECT):
            notes[f"note-{audience}.json"] = await union.world.db.read(load)
        if audience is Audience.PUBLIC:
            first = post.uri
    await settle(union)

    def withdraw(session: Session) -> None:
        found = find_post_by_uri(session, first)
        assert found is not None
        withdraw_post(session, get_actor(session, found.author_id), found)

    def sent(session: Session, kind: str) -> Any:
        rows = select(OutboxActivity.body).where(OutboxActivity.activity_type == kind)
        return orjson.loads(session.scalars(rows.order_by(OutboxActivity.id)).first() or "null")

    created = await union.world.db.read(sent, "Create")
    await union.world.db.write(withdraw)
    return notes | {"create.json": created, "delete.json": await union.world.db.read(sent, "Delete")}


async def _vacancy(union: TestUnion) -> Any:
    """Return the Create of a sample vacancy, closing some weeks from now."""
    await union.member("jobs", kind=ActorKind.BOARD)
    changed = {"validThrough": "2026-04-30T23:59:00+03:00", "datePosted": "2026-03-02"}
    await publish(union, read_notice(posting("V-01", **changed), now=union.world.clock.now()))
    await settle(union)

    def sent(session: Session) -> Any:
        rows = select(OutboxActivity.body).where(OutboxActivity.activity_type == "Create")
        return orjson.loads(session.scalars(rows.order_by(OutboxActivity.id.desc())).first() or "null")

    return await union.world.db.read(sent)


async def _get(union: TestUnion, name: str) -> Any:
    internet = FakeInternet()
    internet.join(_DOMAIN, union.app)
    answer = await internet.send(
        "GET",
        parse_remote_url(f"https://{_DOMAIN}/actors/{name}"),
        {"Accept": "application/activity+json"},
        None,
        max_bytes=1 << 20,
        deadline_seconds=600,
    )
    return orjson.loads(answer.body)


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: [*(each for each in part if isinstance(each, str)), {"…": "context.json"}]
            if name == "@context" and part[: len(CONTEXT)] == CONTEXT
            else _shown(part)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, str):
        for pattern, shown in _VARYING:
            value = pattern.sub(shown, value)
    return value


def main() -> None:
    """Write the files."""
    with tempfile.TemporaryDirectory() as folder:
        made = asyncio.run(examples(Path(folder)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, document in made.items():
        (FOLDER / name).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
