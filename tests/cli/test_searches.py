"""Searches that have a name, by command."""

import json

import pytest

from fediunion.cli.main import run
from tests.cli.commands import CommandedInstance


def test_a_search_is_named_listed_renamed_and_ended(
    fresh: CommandedInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(*arguments: str) -> tuple[int, str, str]:
        code = run(["--config", str(fresh.config), "search", *arguments])
        written = capsys.readouterr()
        return code, written.out, written.err

    code, made, _ = command(
        "create", "nairobi-jobs", "--title", "Jobs in Nairobi", "city=Nairobi", "grade=p3"
    )
    assert code == 0
    assert json.loads(made)["query"] == "city=nairobi&grade=P-3"
    for refused in (
        ("create", "nairobi-jobs", "--title", "Again"),
        ("create", "union", "--title", "Reserved"),
        ("create", "other", "--title", "Unknown", "country=Narnia"),
        ("create", "other", "--title", "Over", "state=closed"),
        ("end", "nobody"),
    ):
        code, written, said = command(*refused)
        assert (code, written) == (1, ""), refused
        assert "fault of FediUnion" not in said
    assert command("rename", "nairobi-jobs", "--title", "Nairobi")[0] == 0
    (row,) = json.loads(command("list", "--json")[1])
    assert (row["username"], row["title"], row["followers"]) == ("nairobi-jobs", "Nairobi", 0)
    assert command("end", "@nairobi-jobs")[0] == 0
    assert json.loads(command("list", "--json")[1]) == []
