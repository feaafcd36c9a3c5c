"""What all commands share: where the configuration is found, help, exit codes, sentences."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from fediunion import __version__
from tests.cli.commands import CommandedInstance, change_rows, run_command

COMMANDS = [
    ("init",),
    ("serve",),
    ("migrate",),
    ("activities",),
    ("demo",),
    ("doctor",),
    ("backup",),
    ("restore",),
    ("member", "create"),
    ("member", "list"),
    ("member", "show"),
    ("member", "role"),
    ("member", "reset-password"),
    ("member", "suspend"),
    ("member", "unsuspend"),
    ("member", "delete"),
    ("member", "move"),
    ("member", "alias"),
    ("member", "forget-factors"),
    ("token", "create"),
    ("keys", "rotate"),
    ("peers", "list"),
    ("peers", "show"),
    ("peers", "allow"),
    ("peers", "block"),
    ("peers", "affiliate"),
    ("deliveries", "list"),
    ("deliveries", "retry"),
    ("deliveries", "drop"),
    ("jobs", "list"),
    ("jobs", "retry"),
    ("jobs", "drop"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    done = run_command(*command, "--help")
    assert done.code == 0
    shown = " ".join(done.stdout.split())
    example = shown.partition("Example: fediunion")[2]
    assert " ".join(command) in example


def test_config_may_stand_before_or_after_the_subcommand_or_in_the_environment(
    instance: CommandedInstance,
) -> None:
    after = run_command("member", "list", "--json", "--config", instance.config)
    before = run_command("--config", instance.config, "member", "list", "--json")
    named = run_command("member", "list", "--json", env={"FEDIUNION_CONFIG": str(instance.config)})
    here = run_command("member", "list", "--json", folder=instance.folder)
    assert after == before == named == here
    assert [member["username"] for member in after.json] == ["ana"]


def test_what_stands_after_the_subcommand_counts_more(instance: CommandedInstance, tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    done = run_command("--config", missing, "member", "list", "--json", "--config", instance.config)
    assert done.code == 0
    assert "missing.toml" in run_command("--config", missing, "member", "list").refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Usage"),
        (("sing",), "sing"),
        (("member", "sing"), "sing"),
        (("member", "create"), "NAME"),
        (("member", "create", "ben"), "--email"),
        (("member", "role", "ana", "king"), "king"),
        (("member", "move", "ana"), "--to"),
        (("serve", "--role", "cook"), "worker"),
        (("serve", "--port", "0"), "port"),
        (("deliveries", "retry"), "--all"),
        (("deliveries", "retry", "12", "--all"), "--all"),
        (("deliveries", "retry", "twelve"), "ID"),
        (("deliveries", "list", "--state", "lost"), "lost"),
        (("restore", "file"), "--dir"),
        (("backup",), "FILE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_ends_with_2_and_prints_no_result(
    instance: CommandedInstance, arguments: tuple[str, ...], says: str
) -> None:
    done = instance.run(*arguments)
    assert done.code == 2
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[server]\nprot = 1", "line 4: [server] has no key prot (did you mean port?)"),
        ('[server]\nport = "x"', "line 4: [server] port must be a whole number"),
        ("[federation]\nallow_http = 7", "line 4: [federation] allow_http must be true or false"),
        ("[nonsense]", "line 3: there is no section [nonsense]"),
        ("this is no TOML", "line 3"),
    ],
)
def test_a_wrong_configuration_is_one_sentence_that_names_the_line(
    tmp_path: Path, line: str, says: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[instance]\ndomain = "union.example"\n{line}\n')
    for command in (("serve",), ("member", "list"), ("doctor",), ("backup", tmp_path / "b")):
        assert says in run_command("--config", config, *command).refused


def test_C01_production_refuses_each_switch_of_a_trial_and_says_which(
    instance: CommandedInstance, tmp_path: Path
) -> None:
    text = instance.config.read_text().replace(instance.host, "union.example")
    config = tmp_path / "config.toml"
    config.touch(0o600)
    text = text.replace('mode = "development"', "")
    for named in ("scheme", "allow_http", "allow_private_addresses", "retry_base_seconds", "enabled", "mode"):
        config.write_text(text)
        sentence = run_command("--config", config, "serve").refused
        assert f" {named} " in sentence
        assert "for development only" in sentence
        text = re.sub(rf"(?m)^{named} = .*$", "", text)


def test_a_clock_that_starts_elsewhere_is_for_development_only(tmp_path: Path) -> None:
    assert run_command("init", "--domain", "union.example", "--dir", tmp_path / "a").code == 0
    done = run_command(
        "--config",
        tmp_path / "a" / "config.toml",
        "member",
        "list",
        env={"FEDIUNION_CLOCK_START": "2026-12-01T09:00:00Z"},
    )
    assert done.refused == "The variable FEDIUNION_CLOCK_START is for development only."


def test_the_clock_of_a_trial_starts_where_it_is_told(tmp_path: Path) -> None:
    trial = CommandedInstance.new(tmp_path / "a")
    env = {"FEDIUNION_CLOCK_START": "2031-12-01T09:00:00Z"}
    trial.succeed("member", "create", "ana", "--email", "a@union.example", env=env)
    printed = trial.succeed("backup", tmp_path / "copy", "--json", env=env).json
    assert printed["made_at"].startswith("2031-12-01T09:0")


def test_a_database_error_that_nobody_foresaw_is_one_sentence_without_the_statement(
    fresh: CommandedInstance,
) -> None:
    change_rows(fresh, lambda session: session.execute(text("ALTER TABLE member RENAME TO lost")))
    done = fresh.run("member", "list")
    assert (done.code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "no such table: member" in done.stderr
    assert "SELECT" not in done.stderr


def test_the_version_is_printed() -> None:
    assert run_command("--version").stdout == f"fediunion {__version__}\n"


def test_the_table_of_activities_needs_no_configuration(tmp_path: Path) -> None:
    rows = run_command("activities", "--json", folder=tmp_path).json
    assert {"activity", "object", "package", "handler"} == set(rows[0])
    assert {"Follow", "Create", "Undo", "Move"} <= {row["activity"] for row in rows}
    printed = run_command("activities", folder=tmp_path).stdout.splitlines()
    assert printed[0].split() == ["activity", "object", "package", "handler"]
    assert len(printed) == len(rows) + 1


def test_migrating_again_changes_nothing(instance: CommandedInstance) -> None:
    for _ in range(2):
        done = instance.succeed("migrate")
        assert (done.stdout, done.stderr) == ("", "The schema is up to date.\n")


def test_L01_a_crash_point_is_refused_in_production(tmp_path: Path) -> None:
    assert run_command("init", "--domain", "union.example", "--dir", tmp_path / "a").code == 0
    config = tmp_path / "a" / "config.toml"
    env = {"FEDIUNION_CRASH_AT": "delivery_after_post"}
    assert "FEDIUNION_CRASH_AT" in run_command("--config", config, "serve", env=env).refused


@pytest.mark.parametrize("workers", ["2", "64"])
def test_several_web_processes_want_postgresql(instance: CommandedInstance, workers: str) -> None:
    assert "PostgreSQL" in instance.run("serve", "--workers", workers).refused


def test_an_address_that_is_not_of_this_machine_is_said(instance: CommandedInstance) -> None:
    assert "Nothing can listen on 192.0.2.1" in instance.run("serve", "--host", "192.0.2.1").refused


def test_json_is_indented_utf_8_and_ends_with_a_line_break(instance: CommandedInstance) -> None:
    printed = instance.succeed("member", "list", "--json").stdout
    assert printed.endswith("]\n")
    assert json.dumps(json.loads(printed), indent=2, ensure_ascii=False) + "\n" == printed
