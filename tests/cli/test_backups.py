"""backup, restore and doctor as commands: what they print, how they end, what they leave behind."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fediunion.backup.making import backup_name
from fediunion.config import load_settings
from tests.cli.commands import CommandedInstance, run_command

PRINTED = ["file", "domain", "made_at", "rows", "media", "bytes"]


def test_a_backup_is_one_file_for_its_owner_and_says_what_it_holds(
    instance: CommandedInstance, tmp_path: Path
) -> None:
    made = instance.succeed("backup", tmp_path / "copy", "--json").json
    assert list(made) == PRINTED
    assert (made["file"], made["domain"], made["media"]) == (str(tmp_path / "copy"), instance.host, 0)
    assert made["bytes"] == (tmp_path / "copy").stat().st_size
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    again = instance.run("backup", tmp_path / "copy")
    assert "not overwritten" in again.refused
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
    assert "No such file" in instance.run("backup", tmp_path / "missing" / "copy").refused


def test_a_folder_of_backups_is_kept_for_as_long_as_configured(
    instance: CommandedInstance, tmp_path: Path
) -> None:
    settings, now = load_settings(instance.config, {}), datetime.now(UTC)
    ages = (1, settings.privacy.backup_days + 1)
    young, old = (tmp_path / backup_name(settings, now - timedelta(days=age)) for age in ages)
    for path in (young, old, tmp_path / "letter"):
        path.touch()
    made = instance.succeed("backup", tmp_path, "--json").json
    assert {path.name for path in tmp_path.iterdir()} == {Path(made["file"]).name, young.name, "letter"}


def test_what_was_backed_up_is_the_same_instance_elsewhere(
    instance: CommandedInstance, tmp_path: Path
) -> None:
    instance.succeed("peers", "block", "spam.example")
    instance.succeed("backup", tmp_path / "copy")
    there = tmp_path / "there"
    done = run_command("restore", tmp_path / "copy", "--dir", there)
    assert (done.code, done.stdout) == (0, "")
    for command in (("member", "list", "--json"), ("peers", "list", "--json")):
        elsewhere = run_command("--config", there / "config.toml", *command)
        assert elsewhere.json == instance.succeed(*command).json
    assert "not empty" in run_command("restore", tmp_path / "copy", "--dir", there).refused


def test_C06_a_sealed_backup_is_restored_and_opened_with_its_passphrase_alone(
    instance: CommandedInstance, tmp_path: Path
) -> None:
    phrase = "seven nights without the moon\n"
    taken = ("--password-file", "-")
    assert "at least 12" in instance.run("backup", tmp_path / "copy", *taken, stdin="short\n").refused
    assert "--password-file" in instance.run("backup", tmp_path / "copy", "--encrypt").refused
    instance.succeed("peers", "block", "spam.example")
    instance.succeed("backup", tmp_path / "copy", "--encrypt", *taken, stdin=phrase)
    assert instance.host.encode() not in (tmp_path / "copy").read_bytes()
    there = tmp_path / "there"
    for wrong in ("seven nights with the moon\n", ""):
        assert run_command("restore", tmp_path / "copy", "--dir", there, *taken, stdin=wrong).refused
        assert not there.exists()
    assert run_command("restore", tmp_path / "copy", "--dir", there, *taken, stdin=phrase).code == 0
    assert run_command("--config", there / "config.toml", "peers", "list", "--json").json
    opened = tmp_path / "opened"
    assert run_command("unseal", tmp_path / "copy", opened, *taken, stdin=phrase).code == 0
    assert stat.S_IMODE(opened.stat().st_mode) == 0o600
    assert run_command("restore", opened, "--dir", tmp_path / "again").code == 0
    assert "exists" in run_command("unseal", tmp_path / "copy", opened, *taken, stdin=phrase).refused
    assert "not sealed" in run_command("unseal", opened, tmp_path / "x", *taken, stdin=phrase).refused


def test_what_is_no_backup_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("mine")
    for name, says in (("letter", "no whole backup"), ("missing", "There is no file")):
        assert says in run_command("restore", tmp_path / name, "--dir", tmp_path / "there").refused
    assert not (tmp_path / "there").exists()


def test_doctor_prints_a_line_for_each_check_and_fails_where_nobody_serves(
    instance: CommandedInstance,
) -> None:
    done = instance.run("doctor")
    assert done.code == 1
    lines = [line.split() for line in done.stdout.splitlines()]
    assert {line[0] for line in lines} <= {"ok", "warning", "failed"}
    assert {"files", "database", "schema", "queue", "backups", "dns", "tls", "clock", "webfinger"} <= {
        line[1] for line in lines
    }
    [webfinger] = [line for line in done.stdout.splitlines() if " webfinger " in line]
    assert webfinger.startswith("failed")
    assert "fediunion serve" in webfinger
    assert done.stderr.endswith("checks failed.\n")
    findings = instance.run("doctor", "--json").json
    assert all(list(each) == ["check", "result", "says", "mend"] for each in findings)
    assert [each["check"] for each in findings] == [line[1] for line in lines]
