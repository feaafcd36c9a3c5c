"""An independent server follows a board and a search, and reads vacancies as the notes that they are."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.federation.processes import UnionProcess, eventually
from tests.peers.conftest import Meeting
from tests.union.vacancies.samples import current

pytestmark = pytest.mark.peer


@pytest.fixture(scope="session")
def board(meeting: Meeting) -> str:
    """The address of a board of the union, one for each peer."""
    union, name = meeting.ana.union, f"jobs_{meeting.ana.name}"
    union.run("board", "create", name, "--title", "Jobs")
    return f"{union.base_url}/actors/{name}"


def _import(union: UnionProcess, board: str, folder: Path, *samples: str) -> list[dict[str, str]]:
    file = folder / "vacancies.json"
    file.write_text(json.dumps([current(sample) for sample in samples]))
    name = board.rpartition("/")[2]
    said = union.run("vacancy", "import", str(file), "--board", name, "--publish")
    return [json.loads(line) for line in said.splitlines()]


def test_a_stranger_who_follows_a_board_reads_a_vacancy_as_a_note_and_hears_that_it_ended(
    meeting: Meeting, board: str, tmp_path: Path
) -> None:
    union, peer = meeting.ana.union, meeting.peer
    follow = peer.ask("follow", actor=board)
    eventually(lambda: peer.received("Accept", actor=board, object=follow["id"]))
    (row,) = _import(union, board, tmp_path, "V-01")
    assert row["status"] == "published"
    created = eventually(lambda: peer.received("Create", actor=board))
    assert created["proof"] == "valid"
    note = created["activity"]["object"]
    assert note["type"] == "Note"
    assert "Humanitarian Affairs Officer · P-3 · Nairobi" in note["content"]
    assert "name" not in note
    assert peer.ask("lookup", id=note["id"], signed=True)["content"] == note["content"]

    (again,) = _import(union, board, tmp_path, "V-01")
    assert again["status"] == "unchanged"
    union.run("vacancy", "close", note["url"].rpartition("/")[2])
    updated = eventually(lambda: peer.received("Update", actor=board, object=note["id"]))
    assert updated["proof"] == "valid"
    assert updated["activity"]["object"]["content"].startswith("<p><strong>[Closed]")


def test_a_stranger_follows_a_search_and_hears_of_what_matches_alone(
    meeting: Meeting, board: str, tmp_path: Path
) -> None:
    union, peer = meeting.ana.union, meeting.peer
    query = "country=TZ" if meeting.ana.name.endswith("9421") else "country=NL"
    matching, other = ("V-03", "V-02") if query == "country=TZ" else ("V-02", "V-03")
    follow = json.loads(union.get(f"/vacancies?{query}", accept="application/json").content)["follow"]
    found = peer.ask(
        "webfinger", resource=f"{union.base_url}/actors/{follow.removeprefix('acct:').partition('@')[0]}"
    )
    assert found["subject"] == follow
    actor = next(link["href"] for link in found["links"] if link["rel"] == "self")
    followed = peer.ask("follow", actor=actor)
    eventually(lambda: peer.received("Accept", actor=actor, object=followed["id"]))
    rows = _import(union, board, tmp_path, other, matching)
    assert {row["status"] for row in rows} == {"published"}
    announced = eventually(lambda: peer.received("Announce", actor=actor))
    note = peer.ask("lookup", id=announced["activity"]["object"], signed=True)
    assert ("Arusha" if matching == "V-03" else "The Hague") in note["content"]
    assert quote(query, safe="=") in union.get(f"/actors/{actor.rpartition('/')[2]}").text
