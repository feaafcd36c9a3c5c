"""Row P25 of docs/develop/attacks.md: generated activities, validly signed, and what holds after them.

Fewer than the 20,000 of the row, so that the tests end soon: FEDIUNION_FUZZ_EXAMPLES raises the number.
"""

import asyncio
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fediunion.db.known_uris import KnownUri
from fediunion.inbox.collector import PROCESS_JOB
from fediunion.jobs.models import Job
from tests.databases import Databases
from tests.fakes.stranger import PUBLIC
from tests.inbox.rig import ALICE, DOMAIN, PERSONAL, SHARED, Rig

EXAMPLES = int(os.environ.get("FEDIUNION_FUZZ_EXAMPLES", "300"))
"""How many activities are generated; set it higher for a long run."""

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
_IDS = st.sampled_from(
    [
        *(
            "https://evil.example/users/mallory",
            "https://evil.example/1",
            "https://victim.example/users/victim",
        ),
        *(ALICE, f"{ALICE}/posts/1", f"{ALICE}/followers", PUBLIC, "https://evil.example/2#x", "nothing"),
    ]
)
_ACTORS = ("https://victim.example/users/victim", "https://evil.example/users/mallory")
_TYPES = st.sampled_from(
    [
        *("Create", "Update", "Delete", "Undo", "Follow", "Accept", "Reject", "Announce", "Like", "Move"),
        *("Flag", "Block", "Add", "Remove", "EmojiReact", "Dislike", "Offer", "Join", "Juggle"),
        *("Note", "Question", "Person", "Tombstone", "Event", "Collection"),
    ]
)
_OBJECT = st.recursive(
    _IDS | _JSON,
    lambda inner: st.fixed_dictionaries(
        {"id": _IDS, "type": _TYPES},
        optional=dict.fromkeys(("attributedTo", "actor", "target", "inReplyTo"), _IDS | inner)
        | dict.fromkeys(("cc", "content", "published", "preferredUsername", "name"), _JSON)
        | dict.fromkeys(("object", "tag", "oneOf"), inner)
        | {"to": st.lists(_IDS, max_size=3), "inbox": _IDS},
    ),
    max_leaves=6,
)


def test_P25_no_generated_activity_breaks_anything(databases: Databases, tmp_path: Path) -> None:
    answers: Counter[int] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(
        type_name=_TYPES,
        about=_IDS | _OBJECT,
        more=st.dictionaries(st.text(max_size=8), _JSON, max_size=2),
        honest=st.integers(0, 3).map(bool),
    )
    def deliver(type_name: str, about: Any, more: dict[str, Any], honest: bool) -> None:
        number = answers.total()
        activity = {
            **more,
            "id": f"https://evil.example/fuzz#{number}",
            "type": type_name,
            "actor": _ACTORS[honest],
        }
        inbox = (SHARED, PERSONAL)[number % 2]
        answer = runner.run(mallory.post(inbox, json.dumps(activity | {"object": about}).encode()))
        answers[answer.status] += 1
        assert answer.status in (202, 400, 401), answer.body
        if number % 20 == 0:
            runner.run(rig.settle())

    with asyncio.Runner() as runner:
        rig = runner.run(Rig.start(databases.with_tables(), tmp_path))
        mallory = runner.run(rig.stranger("evil.example")).add_actor("mallory")
        deliver()
        runner.run(rig.settle())
        jobs, known, rows = runner.run(_everything(rig))
        runner.run(rig.close())
    assert answers[202] > 20
    assert answers[400] > 20
    assert [job.last_error for job in jobs if job.kind.startswith("inbox.") and job.last_error] == []
    put_off = {row for job in jobs if job.kind == PROCESS_JOB for row in job.payload["ids"]}
    assert all(row.outcome or row.id in put_off for row in rows)
    ours = {each.uri for each in known if each.uri.startswith(f"https://{DOMAIN}/")}
    assert ours == {
        f"https://{DOMAIN}/actors/{name}" for name in ("instance", "reader", "union", "alice", "harriet")
    }
    assert not any(each.kind == "post" and "victim.example" in each.uri for each in known)


async def _everything(rig: Rig) -> tuple[list[Job], list[KnownUri], list[Any]]:
    jobs = await rig.world.db.read(lambda session: list(session.scalars(select(Job))))
    known = await rig.world.db.read(lambda session: list(session.scalars(select(KnownUri))))
    return jobs, known, await rig.rows()
