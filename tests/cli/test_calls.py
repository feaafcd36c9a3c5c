"""Campaign calls by command."""

import json
from pathlib import Path

from tests.cli.commands import Command
from tests.union.campaigns.samples import FILE, call_file


def test_the_sample_file_goes_in_once_and_its_calls_live_and_end(command: Command, tmp_path: Path) -> None:
    code, written, said = command("call", "import", FILE, "--publish")
    assert (code, said) == (0, "5 published.\n")
    rows = [json.loads(line) for line in written.splitlines()]
    assert [list(row) for row in rows] == [["row", "identifier", "status", "reason"]] * 5
    assert [row["identifier"] for row in rows] == ["C-01", "C-02", "C-03", "C-04", "C-05"]
    assert rows[0]["reason"] is None
    code, written, said = command("call", "import", FILE, "--publish")
    assert (code, said) == (0, "5 unchanged.\n")

    listed = json.loads(command("call", "list", "--state", "open", "--json")[1])
    assert sorted(row["id"] for row in listed) == ["c-01", "c-02", "c-03", "c-04"]
    shown = json.loads(command("call", "show", "c-01", "--json")[1])
    assert shown["call"]["hashtags"] == ["StaffRightsNow"]
    assert shown["page"].endswith("/campaigns/c-01")

    code, _, said = command("call", "close", "c-01", "--outcome", "won", "--text", "Talks begin.")
    assert (code, said) == (0, "It is closed.\n")
    code, _, said = command("call", "close", "c-01", "--outcome", "lost", "--text", "No talks.")
    assert (code, said.count("\n")) == (1, 1)
    shown = json.loads(command("call", "show", "c-01", "--json")[1])
    assert (shown["outcome"], shown["outcome_text"]) == ("won", "Talks begin.")
    assert command("call", "withdraw", "c-03", "--text", "It was signed.")[0] == 0
    assert command("call", "hide", "c-02")[0] == 1
    assert json.loads(command("call", "list", "--elsewhere", "--json")[1]) == []


def test_drafts_are_published_one_by_one(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "call.json"
    file.write_text(json.dumps(call_file("C-03")))
    assert command("call", "import", file)[2] == "1 draft.\n"
    assert command("call", "publish", "c-03")[0] == 0
    assert command("call", "publish", "c-03")[0] == 1
    assert command("call", "publish", "no-such-call")[0] == 1


def test_what_is_refused_is_told_by_row_and_a_file_of_nothing_else_fails(
    command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text("\n".join(json.dumps(call_file(**{name: None})) for name in ("title", "closesAt")))
    code, written, said = command("call", "import", file)
    assert (code, said) == (1, "2 refused.\n")
    reasons = [json.loads(line)["reason"] for line in written.splitlines()]
    assert [reason.partition(":")[0] for reason in reasons] == ["title", "closesAt"]
    file.write_text("title,demand\nx,y\n")
    assert command("call", "import", file)[0] == 1
    assert command("call", "import", file, "--as", "nobody")[0] == 1
