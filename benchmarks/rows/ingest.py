"""Ingest: signed Create{Note} of followed strangers, until the last stands in the home timeline."""

import asyncio
import random
import uuid
from datetime import UTC, datetime
from typing import Any

from benchmarks.fleet import PUBLIC, Fleet, Stranger
from benchmarks.target import Target


async def run(target: Target, *, count: int, authors: int, port: int) -> dict[str, float]:
    """Return CPU seconds per 1,000 activities (88 % notes, 10 % replies, 2 % boosts) and the memory peak."""
    run_id = uuid.uuid4().hex[:8]
    async with Fleet(actors=authors, hosts=authors, port=port) as fleet:
        for stranger in fleet.strangers:
            await target.follow(stranger.uri)
        await target.settle()
        activities = _mix(fleet.strangers, count - 1, run_id)
        before = target.usage()
        queue = iter(activities)

        async def deliver() -> None:
            for sender, activity in queue:
                status = await fleet.post(sender, f"{target.base_url}/inbox", activity)
                if status not in (200, 201, 202):
                    raise RuntimeError(f"an activity was answered with {status}")

        await asyncio.gather(*(deliver() for _ in range(16)))
        # Times are told to the second: the last note has to be of a later one to be first in the timeline.
        await asyncio.sleep(1.1)
        last = _last_note(fleet.strangers[0], run_id)
        await fleet.post(fleet.strangers[0], f"{target.base_url}/inbox", last)
        await _wait_for(target, f"last of {run_id}")
        await target.settle()
        after = target.usage()
    return {
        "cpu_seconds_per_1000": after.since(before) / count * 1000,
        "memory_mib_before": before.memory_mib,
        "memory_mib_peak": after.peak_mib,
    }


async def _wait_for(target: Target, text: str) -> None:
    for _ in range(1200):
        page = await target.get("/api/v1/timelines/home", limit=5)
        if any(text in (status["content"] or "") for status in page):
            return
        await asyncio.sleep(0.25)
    raise RuntimeError("the last note did not reach the home timeline in five minutes")


def _mix(strangers: list[Stranger], count: int, run_id: str) -> list[tuple[Stranger, dict[str, Any]]]:
    dice = random.Random(run_id)
    written: list[str] = []
    made: list[tuple[Stranger, dict[str, Any]]] = []
    for number in range(count):
        author = strangers[number % len(strangers)]
        throw = dice.random()
        if throw < 0.02 and len(written) > 100:
            made.append((author, _announce(author, dice.choice(written[:-100]), number, run_id)))
            continue
        parent = dice.choice(written) if throw < 0.12 and written else None
        note = _note(author, f"note {number} of {run_id}", parent, number, run_id)
        written.append(note["id"])
        made.append((author, _create(author, note)))
    return made


def _last_note(author: Stranger, run_id: str) -> dict[str, Any]:
    return _create(author, _note(author, f"last of {run_id}", None, -1, run_id))


def _note(author: Stranger, text: str, parent: str | None, number: int, run_id: str) -> dict[str, Any]:
    return {
        "id": f"{author.uri}/notes/{run_id}-{number}",
        "type": "Note",
        "attributedTo": author.uri,
        "content": f"<p>{text}. The meeting on working time moves to Thursday, in the same room.</p>",
        "published": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "inReplyTo": parent,
        "to": [PUBLIC],
        "cc": [f"{author.uri}/followers"],
        "sensitive": False,
        "tag": [],
        "attachment": [],
        "url": f"{author.uri}/notes/{run_id}-{number}",
    }


def _create(author: Stranger, note: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{note['id']}/activity",
        "type": "Create",
        "actor": author.uri,
        "published": note["published"],
        "to": note["to"],
        "cc": note["cc"],
        "object": note,
    }


def _announce(author: Stranger, uri: str, number: int, run_id: str) -> dict[str, Any]:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{author.uri}/boosts/{run_id}-{number}",
        "type": "Announce",
        "actor": author.uri,
        "published": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "to": [PUBLIC],
        "cc": [f"{author.uri}/followers"],
        "object": uri,
    }
