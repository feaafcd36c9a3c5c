"""python -m benchmarks.seed --config FILE --member NAME COUNT: fill an instance with posts of strangers.

For the row `growth`: the cost of one more activity is measured with few and with many stored. FediUnion only,
with its server stopped or running; rows go in as the server itself would write them.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Table, insert, text
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_actor
from fediunion.actors.queries import find_local_actor
from fediunion.actors.service.remote import record_remote_actor
from fediunion.app.opening import open_world
from fediunion.config.load import load_settings
from fediunion.db.known_uris import KnownUri
from fediunion.kit.ids import new_id
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.rows import insert_post
from fediunion.social.timelines.models import HomeEntry

_AUTHORS: Final = 500
_AT_ONCE: Final = 20_000
_HOME_SHARE: Final = 20


async def seed(config: Path, member: str, count: int) -> None:
    """Store `count` posts of 500 strangers, the newest an hour old; one in twenty in the member's home."""
    world = open_world(load_settings(config))
    await world.db.start()
    try:
        author_ids = await world.db.write(_authors)
        for start in range(0, count, _AT_ONCE):
            await world.db.write(_store, author_ids, member, start, min(_AT_ONCE, count - start), count)
        if world.settings.is_sqlite:
            await world.db.run_on_connection(lambda connection: connection.execute(text("ANALYZE")))
    finally:
        await world.client.close()
        await world.db.close()


def _authors(session: Session) -> list[int]:
    return [record_remote_actor(session, parse_actor(_document(number))).id for number in range(_AUTHORS)]


def _document(number: int) -> dict[str, Any]:
    uri = f"https://seed{number}.example/users/seed{number}"
    return {"id": uri, "type": "Person", "preferredUsername": f"seed{number}", "inbox": f"{uri}/inbox"}


def _store(session: Session, author_ids: list[int], member: str, start: int, count: int, total: int) -> None:
    reader = find_local_actor(session, member)
    if reader is None:
        raise SystemExit(f"There is no member {member}.")
    rows = list(_rows(author_ids, start, count, total))
    insert_many(session, rows)
    home = [{"actor_id": reader.id, "post_id": row["id"]} for row in rows[::_HOME_SHARE]]
    session.execute(insert(cast("Table", HomeEntry.__table__)), home)


def insert_many(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert posts, and what their ids name: the first as the server does it, the others alike."""
    first = insert_post(session, rows[0])
    columns = {column.key for column in Post.__table__.columns}
    like_first = {name: value for name, value in first.__dict__.items() if name in columns}
    posts = [like_first | row for row in rows[1:]]
    known = [
        {"uri": row["uri"], "kind": "post", "row_id": row["id"], "seen_at": row["received_at"]}
        for row in rows[1:]
    ]
    if posts:
        session.execute(insert(cast("Table", Post.__table__)), posts)
        session.execute(insert(cast("Table", KnownUri.__table__)), known)


def _rows(author_ids: list[int], start: int, count: int, total: int) -> Iterator[dict[str, Any]]:
    newest = datetime.now(UTC) - timedelta(hours=1)
    for number in range(start, start + count):
        published = newest - timedelta(seconds=total - number)
        row_id, author = new_id(published), number % _AUTHORS
        uri = f"https://seed{author}.example/users/seed{author}/notes/{row_id}"
        yield {
            "id": row_id,
            "uri": uri,
            "url": uri,
            "author_id": author_ids[author],
            "local": False,
            "live": True,
            "wire_type": "Note",
            "title": "",
            "content": f"<p>Stored before, number {number}. The meeting moves to Thursday.</p>",
            "content_map": {},
            "content_warning": "",
            "sensitive": False,
            "language": None,
            "interaction_policy": {},
            "emojis": [],
            "card": {},
            "event": {},
            "audience": "public",
            "in_reply_to_uri": None,
            "in_reply_to_id": None,
            "in_reply_to_author_id": None,
            "thread_id": row_id,
            "context_uri": None,
            "published_at": published,
            "received_at": published,
            "edited_at": None,
            "replies_count": 0,
            "stated_boosts_count": 0,
            "stated_favourites_count": 0,
        }


def main() -> int:
    """Seed one instance."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seed", description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--config", required=True, type=Path)
    parser.add_argument("--member", required=True)
    arguments = parser.parse_args()
    asyncio.run(seed(arguments.config, arguments.member, arguments.count))
    return 0


if __name__ == "__main__":
    sys.exit(main())
