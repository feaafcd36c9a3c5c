"""Boards, vacancies and employers by command."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from tests.cli.commands import Command, CommandedInstance
from tests.union.vacancies.samples import POSTINGS, SAMPLES, posting


@pytest.fixture
def board(command: Command) -> Command:
    """The same, on an instance with a board."""
    code, made, _ = command("board", "create", "jobs", "--title", "Jobs & more")
    assert code == 0
    assert json.loads(made)["username"] == "jobs"
    return command


def lines(written: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines()]


def test_the_sample_file_goes_in_once_and_every_format_comes_out(board: Command, tmp_path: Path) -> None:
    file = tmp_path / "samples.json"
    file.write_text(json.dumps(SAMPLES))
    code, written, said = board("vacancy", "import", file, "--board", "jobs", "--publish")
    assert (code, said) == (0, "10 published.\n")
    rows = lines(written)
    assert [list(row) for row in rows] == [["row", "identifier", "status", "reason"]] * 10
    assert [row["reason"] is None for row in rows] == [each != "V-04" for each in list(POSTINGS)[:10]]
    code, written, _ = board("vacancy", "import", file, "--board", "jobs", "--publish")
    assert (code, {row["status"] for row in lines(written)}) == (0, {"unchanged"})

    assert len(json.loads(board("vacancy", "export")[1])["items"]) == 9
    found = json.loads(board("vacancy", "export", "grade=P-3", "language=fr")[1])
    assert {each["fu:grade"] for each in found["items"]} == {"P-3"}
    table = board("vacancy", "export", "--format", "csv", "state=all")[1].decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(table)))) == 10
    calendar = board("vacancy", "export", "--format", "ics", "closing_within_days=7")[1]
    assert len(Calendar.from_ical(calendar).walk("VTODO")) == 1
    assert board("vacancy", "export", "--format", "rss")[1].count(b"<item>") == 9
    code, _, said = board("vacancy", "export", "colour=red")
    assert code == 1
    assert "colour" in said

    (row,) = json.loads(board("board", "list", "--json")[1])
    assert (row["title"], row["vacancies"]) == ("Jobs & more", 9)
    employers = json.loads(board("employer", "list", "--json")[1])
    assert "careers.rco.example" in [domain for each in employers for domain in each["domains"]]


def test_what_is_refused_is_told_by_row_and_a_file_of_nothing_else_fails(
    board: Command, tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(posting("V-01")) + "\n" + json.dumps(posting("V-02", title=None)))
    code, written, said = board("vacancy", "import", file, "--board", "jobs")
    assert (code, [row["status"] for row in lines(written)]) == (0, ["draft", "refused"])
    assert lines(written)[1]["reason"] == "line 2: title: A title is needed."
    assert said == "1 draft, 1 refused.\n"
    file.write_text(json.dumps(posting("V-02", title=None)))
    assert board("vacancy", "import", file, "--board", "jobs")[0] == 1
    file.write_text("{")
    code, written, said = board("vacancy", "import", file, "--board", "jobs")
    assert (code, written, said) == (1, b"", "The file is no JSON in UTF-8.\n")
    assert board("vacancy", "import", file, "--board", "nothing")[0] == 1
    assert board("vacancy", "import", tmp_path / "missing", "--board", "jobs")[0] == 1


def test_a_vacancy_lives_and_ends_by_command(board: Command, tmp_path: Path) -> None:
    file = tmp_path / "row.json"
    unverified = posting("V-01")
    unverified["hiringOrganization"] = {"name": "Relief Coordination Office"}
    file.write_text(json.dumps([unverified, posting("V-02"), posting("V-03")]))
    board("vacancy", "import", file, "--board", "jobs")

    def rows(*more: str) -> dict[str, dict[str, Any]]:
        found = json.loads(board("vacancy", "list", "--json", *more)[1])
        return {each["title"].partition(" ")[0]: each for each in found}

    drafts = rows("--board", "jobs", "--state", "draft")
    assert {each["state"] for each in drafts.values()} == {"draft"}
    for each in drafts.values():
        assert board("vacancy", "publish", each["id"])[0] == 0
    assert rows()["Humanitarian"]["source"] == "unverified"
    assert board("employer", "confirm", "relief coordination office", "careers.rco.example")[0] == 0
    first = rows()["Humanitarian"]
    assert first["source"] == "verified"
    shown = json.loads(board("vacancy", "show", first["id"], "--json")[1])
    assert [told.partition("@")[0] for told in shown["told_by"]] == ["jobs"]
    assert shown["posting"]["title"] == "Humanitarian Affairs Officer"
    code, _, said = board("vacancy", "extend", first["id"], "2027-01-01")
    assert (code, said) == (1, "This is no later than it closes already.\n")
    assert board("vacancy", "extend", first["id"], "2027-02-01")[0] == 0
    assert board("vacancy", "fill", drafts["Legal"]["id"])[0] == 0
    assert board("vacancy", "withdraw", drafts["Finance"]["id"])[0] == 0
    assert board("vacancy", "close", drafts["Finance"]["id"])[0] == 1
    after = rows()
    assert after["Humanitarian"]["closes"] == "2027-02-01T23:59:00+03:00"
    assert [after[each]["state"] for each in ("Humanitarian", "Legal", "Finance")] == [
        "extended",
        "filled",
        "withdrawn",
    ]
    assert board("vacancy", "show", "nothing")[0] == 1


def test_editors_come_and_go(board: Command, fresh: CommandedInstance) -> None:
    fresh.member("ana")
    assert board("board", "editor", "jobs", "ana")[0] == 0
    assert json.loads(board("board", "list", "--json")[1])[0]["editors"] == ["ana"]
    assert board("board", "editor", "jobs", "ana", "--remove")[0] == 0
    assert json.loads(board("board", "list", "--json")[1])[0]["editors"] == []
    assert board("board", "editor", "jobs", "nobody")[0] == 1
    code, _, said = board("board", "create", "jobs", "--title", "Again")
    assert code == 1
    assert "fault of FediUnion" not in said


def test_a_page_is_watched_looked_at_and_left(board: Command) -> None:
    code, written, _ = board(
        "vacancy", "watch", "http://nobody.localhost:9/jobs", "--board", "jobs", "--every", "15"
    )
    assert code == 0
    number = json.loads(written)["id"]
    shown = json.loads(board("vacancy", "look", number, "--json")[1])
    assert (shown["failures"], shown["outcome"][:22]) == (1, "It could not be read: ")
    (row,) = json.loads(board("vacancy", "watched", "--json")[1])
    assert (row["board"], row["kind"], row["missing"]) == ("jobs", "page", [])
    assert board("vacancy", "unwatch", number)[0] == 0
    assert json.loads(board("vacancy", "watched", "--json")[1]) == []
    assert board("vacancy", "watch", "http://a.localhost/", "--board", "jobs", "--every", "5")[0] == 1


def test_the_template_has_a_header(command: Command) -> None:
    code, written, _ = command("vacancy", "template")
    assert code == 0
    assert written.decode("utf-8-sig").startswith("number,title,employer,")
