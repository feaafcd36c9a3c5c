"""An independent server signs a call by voting: it is counted once, thanked once, and may withdraw."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.federation.processes import Json, UnionProcess, eventually
from tests.peers.conftest import Meeting
from tests.union.campaigns.samples import call_file

pytestmark = pytest.mark.peer


def _open_call(union: UnionProcess, folder: Path, name: str) -> Json:
    """Return the call that a union opens, as its page tells it to programs."""
    file = folder / "calls.json"
    signed_only = [{"type": "sign", "modes": ["public", "counted"], "goal": 100}]
    call = call_file(title=f"A voice for {name}", asks=signed_only, coSponsors=None)
    file.write_text(json.dumps([call | {"fu:sampleId": name, "@id": f"https://union.example/{name}"}]))
    (line,) = union.run("call", "import", str(file), "--publish").splitlines()
    assert json.loads(line)["status"] == "published", line
    return next(each for each in _calls(union) if each["title"] == call["title"])


def _calls(union: UnionProcess) -> list[Any]:
    found = json.loads(union.get("/campaigns", accept="application/json").content)
    return list(found["items"])


def _signatures(meeting: Meeting, question: str) -> list[int]:
    seen = meeting.peer.ask("lookup", id=question, signed=True)
    return [option["replies"]["totalItems"] for option in seen["oneOf"]]


def test_a_stranger_signs_by_a_vote_once_and_is_thanked_by_one_message(
    meeting: Meeting, tmp_path: Path
) -> None:
    union, peer = meeting.ana.union, meeting.peer
    call = _open_call(union, tmp_path, meeting.ana.name)
    question, campaigns = call["id"], f"{union.base_url}/actors/campaigns"
    seen = peer.ask("lookup", id=question, signed=True)
    assert seen["type"] == "Question"
    assert call["title"] in seen["content"]
    assert [option["name"] for option in seen["oneOf"]] == ["Sign", "Just following"]
    assert "name" not in seen

    peer.ask("vote", question=question, option="Sign")
    eventually(lambda: _signatures(meeting, question) == [1, 0] or None)
    thanks = eventually(lambda: peer.received("Create", actor=campaigns))["activity"]["object"]
    assert thanks["to"] == [peer.uri("pia")]
    assert "/campaigns/withdraw" in thanks["content"]

    peer.ask("vote", question=question, option="Sign")
    peer.ask("vote", question=question, option="Just following")
    peer.ask("vote", as_="quinn", question=question, option="Sign")
    eventually(lambda: _signatures(meeting, question) == [2, 0] or None)
    eventually(lambda: len(_thanked(meeting, campaigns)) == 2 or None)
    assert sorted(_thanked(meeting, campaigns)) == [peer.uri("pia"), peer.uri("quinn")]

    link = re.search(r'href="([^"]*/campaigns/withdraw[^"]*)"', thanks["content"])
    assert link is not None
    path = html.unescape(link[1]).removeprefix(union.base_url)
    assert union.get(path).status_code == 200
    assert _signatures(meeting, question) == [2, 0]


def _thanked(meeting: Meeting, author: str) -> list[str]:
    """Return who was written to by `author`, each as often as it was."""
    told = [entry["activity"] for entry in meeting.peer.ask("received")]
    written = [each for each in told if each["type"] == "Create" and each["actor"] == author]
    return [reader for each in written for reader in each["object"]["to"]]
