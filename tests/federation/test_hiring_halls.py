"""Two unions as processes: vacancies in the halls of both, and an app that follows a search elsewhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.federation.processes import Client, UnionProcess, eventually
from tests.union.vacancies.samples import current


@pytest.fixture
def unions(databases: Databases, tmp_path: Path) -> Iterator[tuple[UnionProcess, UnionProcess]]:
    """Two unions that are affiliated, each with a board `jobs`; the first is the child."""
    with (
        UnionProcess("ictysu", tmp_path / "ictysu", database_url=databases.empty()) as child,
        UnionProcess("ccisua", tmp_path / "ccisua", database_url=databases.empty()) as parent,
    ):
        for union in (child, parent):
            union.run("board", "create", "jobs", "--title", "Jobs")
        child.run("peers", "affiliate", parent.domain)
        waiting = _relation(parent, child, "offered")
        assert waiting["offered_by"] == "them"
        parent.run("peers", "affiliate", child.domain, "--accept")
        _relation(child, parent, "active")
        yield child, parent


def _relation(union: UnionProcess, other: UnionProcess, status: str) -> dict[str, str]:
    def look() -> dict[str, str] | None:
        shown = json.loads(union.run("peers", "show", other.domain, "--json"))
        return next((each for each in shown["affiliations"] if each["status"] == status), None)

    return eventually(look, what=f"{other.domain} is {status}")


def _import(union: UnionProcess, folder: Path, *samples: str) -> list[str]:
    file = folder / "vacancies.json"
    file.write_text(json.dumps([current(sample) for sample in samples]))
    said = union.run("vacancy", "import", str(file), "--board", "jobs", "--publish")
    return [json.loads(line)["status"] for line in said.splitlines()]


def _hall(union: UnionProcess, query: str = "") -> list[str]:
    answer = union.get(f"/vacancies?{query}", accept="application/json").json()
    return [item["title"] for item in answer["items"]]


def test_an_app_follows_a_search_of_another_union_and_receives_what_a_third_board_publishes(
    unions: tuple[UnionProcess, UnionProcess], tmp_path: Path
) -> None:
    child, parent = unions
    ana: Client = child.member("ana")
    query = "country=KE&grade=P-3,P-4&network=POLNET"
    follow = parent.get(f"/vacancies?{query}", accept="application/json").json()["follow"]
    account = ana.account(follow.removeprefix("acct:"))
    assert account["bot"]
    ana.call("POST", f"/api/v1/accounts/{account['id']}/follow")
    eventually(lambda: ana.relationship(account["id"])["following"])

    assert _import(child, tmp_path, "V-01", "V-03") == ["published", "published"]
    eventually(lambda: len(_hall(parent)) == 2, what="both in the hall of the other union")
    assert _hall(parent, query) == ["Humanitarian Affairs Officer"]

    def boosts() -> list[str]:
        home = ana.call("GET", "/api/v1/timelines/home")
        return [each["reblog"]["content"] for each in home if each["reblog"]]

    (content,) = eventually(boosts, what="the match in the home timeline")
    assert "Humanitarian Affairs Officer · P-3 · Nairobi" in content

    # The same import again changes nothing, and nobody is told twice.
    assert _import(child, tmp_path, "V-01", "V-03") == ["unchanged", "unchanged"]
    assert len(boosts()) == 1
