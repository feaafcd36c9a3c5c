"""Announcements and emoji by command."""

from pathlib import Path

from tests.cli.commands import CommandedInstance
from tests.social.media.samples import picture


def test_an_announcement_is_made_listed_and_deleted(instance: CommandedInstance) -> None:
    made = instance.succeed(
        "announcement", "create", "Meeting on **Friday**", "--ends", "2030-03-06T18:00"
    ).json
    (row,) = instance.succeed("announcement", "list", "--json").json
    assert (row["id"], row["text"]) == (made["id"], "Meeting on **Friday**")
    assert row["ends_at"] == "2030-03-06T18:00:00+00:00"
    instance.succeed("announcement", "delete", made["id"])
    assert instance.succeed("announcement", "list", "--json").json == []
    assert "no such announcement" in instance.run("announcement", "delete", made["id"]).refused


def test_an_emoji_is_added_listed_and_removed(instance: CommandedInstance, tmp_path: Path) -> None:
    file = tmp_path / "strike.png"
    file.write_bytes(picture())
    instance.succeed("emoji", "add", "strike", file, "--category", "union")
    assert instance.succeed("emoji", "list", "--json").json == [{"shortcode": "strike", "category": "union"}]
    assert "There is an emoji of this name" in instance.run("emoji", "add", "Strike", file).refused
    file.write_text("<svg/>")
    assert instance.run("emoji", "add", "other", file).refused
    instance.succeed("emoji", "remove", ":strike:")
    assert instance.succeed("emoji", "list", "--json").json == []
