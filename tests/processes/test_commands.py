"""Commands as people run them: what they print, how they end, and that they say why in one sentence."""

import json
import stat
from pathlib import Path

import pytest

from tests.processes.running import Instance, fediunion


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance with a member `ana`."""
    made = Instance.new(tmp_path_factory.mktemp("commands") / "union-a")
    made.succeed("member", "create", "ana", "--email", "ana@union.example", "--role", "owner")
    return made


def test_init_writes_a_configuration_and_a_folder_that_others_cannot_read(tmp_path: Path) -> None:
    done = fediunion("init", "--domain", "union.example", "--title", "Our union", "--dir", tmp_path / "new")
    assert (done.returncode, done.stdout) == (0, "")
    config, stored = tmp_path / "new" / "config.toml", tmp_path / "new" / "data"
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    assert stat.S_IMODE(stored.stat().st_mode) == 0o700
    again = fediunion("init", "--domain", "union.example", "--dir", tmp_path / "new")
    assert again.returncode == 1
    assert "is not overwritten" in again.stderr


def test_member_create_prints_who_was_made(tmp_path: Path) -> None:
    instance = Instance.new(tmp_path / "union-a")
    printed = instance.succeed("member", "create", "Ben", "--email", "ben@union.example", "--reach", "public")
    made = json.loads(printed)
    assert set(made) == {"id", "username", "acct"}
    assert (made["username"], made["acct"]) == ("ben", f"ben@{instance.host}")
    assert made["id"].isdecimal()


def test_member_show_prints_what_the_interface_says(instance: Instance) -> None:
    shown = json.loads(instance.succeed("member", "show", "ana", "--json"))
    assert {**shown, "id": ""} == {
        "id": "",
        "username": "ana",
        "acct": f"ana@{instance.host}",
        "role": "owner",
        "reach": "hidden",
        "state": "active",
    }


def test_token_create_prints_the_token_and_nothing_else(instance: Instance) -> None:
    done = instance.run("token", "create", "ana", "--scopes", "read write follow push", "--app-name", "test")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.split()) == 1
    assert len(done.stdout.strip()) >= 32


def test_config_may_stand_before_or_after_the_subcommand_or_in_the_environment(instance: Instance) -> None:
    after = fediunion("member", "list", "--json", "--config", instance.config)
    before = fediunion("--config", instance.config, "member", "list", "--json")
    named = fediunion("member", "list", "--json", env={"FEDIUNION_CONFIG": str(instance.config)})
    here = fediunion("member", "list", "--json", folder=instance.folder)
    assert after.stdout == before.stdout == named.stdout == here.stdout
    assert [member["username"] for member in json.loads(after.stdout)] == ["ana"]


def test_C02_a_password_comes_from_a_file_or_standard_input_and_is_no_argument(instance: Instance) -> None:
    refused = instance.run("member", "reset-password", "ana", "--password", "correct horse battery")
    assert refused.returncode == 2
    done = instance.run(
        "member", "reset-password", "ana", "--password-file", "-", stdin="a long and odd passphrase 17\n"
    )
    assert done.returncode == 0, done.stderr
    silent = instance.run("member", "reset-password", "ana")
    assert (silent.returncode, silent.stdout) == (1, "")
    assert "--password-file" in silent.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("member", "show", "nobody"), 1, "There is no member named nobody."),
        (("token", "create", "ana", "--scopes", "everything"), 1, "scope"),
        (("member", "role", "ana", "member"), 1, "last owner"),
        (("member", "create", "instance", "--email", "x@union.example"), 1, "reserved"),
        (("peers", "block", "not a host"), 1, "host name"),
        (("peers", "show", "unknown.example"), 1, "Nothing is known"),
        (("deliveries", "retry"), 2, "--all"),
        (("member", "create"), 2, "NAME"),
        (("member", "sing"), 2, "sing"),
        (("serve", "--role", "cook"), 2, "worker"),
        (("serve", "--workers", "2"), 1, "PostgreSQL"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence_without_a_trace(
    instance: Instance, arguments: tuple[str, ...], code: int, says: str
) -> None:
    done = instance.run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    if code == 1:
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[server]\nprot = 1", "[server] has no key prot (did you mean port?)"),
        ('[server]\nport = "x"', "port must be a whole number"),
        ("[federation]\nallow_http = 7", "allow_http must be true or false"),
        ("[nonsense]", "there is no section [nonsense]"),
        ("this is no TOML", "not valid TOML"),
    ],
)
def test_a_wrong_configuration_is_one_sentence_that_names_the_place(
    tmp_path: Path, line: str, says: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[instance]\ndomain = "union.example"\n{line}\n')
    done = fediunion("--config", config, "serve")
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert "line" in done.stderr
    assert done.stderr.count("\n") == 1


def test_C01_production_refuses_what_is_for_trials(instance: Instance, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(instance.config.read_text().replace('mode = "development"', 'mode = "production"'))
    config.chmod(0o600)
    done = fediunion("--config", config, "serve")
    assert done.returncode == 1
    assert "for development only" in done.stderr


def test_L01_a_crash_point_is_refused_in_production(tmp_path: Path) -> None:
    fediunion("init", "--domain", "union.example", "--dir", tmp_path / "a")
    done = fediunion(
        "--config", tmp_path / "a" / "config.toml", "serve", env={"FEDIUNION_CRASH_AT": "delivery_after_post"}
    )
    assert done.returncode == 1
    assert "FEDIUNION_CRASH_AT" in done.stderr


def test_a_port_that_is_taken_is_said(instance: Instance) -> None:
    done = instance.run("serve", "--host", "192.0.2.1")
    assert done.returncode == 1
    assert "Nothing can listen on 192.0.2.1" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("init",),
        ("serve",),
        ("migrate",),
        ("activities",),
        ("demo",),
        ("member", "create"),
        ("member", "list"),
        ("member", "show"),
        ("member", "role"),
        ("member", "reset-password"),
        ("member", "suspend"),
        ("member", "delete"),
        ("member", "move"),
        ("member", "alias"),
        ("token", "create"),
        ("peers", "list"),
        ("peers", "show"),
        ("peers", "allow"),
        ("peers", "block"),
        ("deliveries", "list"),
        ("deliveries", "retry"),
        ("deliveries", "drop"),
    ],
    ids=" ".join,
)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    done = fediunion(*command, "--help")
    assert done.returncode == 0
    assert f"Example: fediunion {' '.join(command)}" in " ".join(done.stdout.split()) or (
        f"{' '.join(command)}" in done.stdout.partition("Example: fediunion")[2]
    )


def test_keys_rotate_gives_an_actor_new_keys_and_keeps_the_old_ones_for_a_while(instance: Instance) -> None:
    done = instance.run("keys", "rotate", "ana")
    assert (done.returncode, done.stdout) == (0, "")
    nobody = instance.run("keys", "rotate", "nobody")
    assert nobody.returncode == 1
    assert nobody.stderr.count("\n") == 1
