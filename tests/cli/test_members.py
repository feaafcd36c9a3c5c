"""member: made, shown, given a role or a password, suspended, erased, moved."""

from pathlib import Path

import pytest

from tests.cli.commands import CommandedInstance

PASSPHRASE = "a long and odd passphrase 17"


def test_create_prints_who_was_made(fresh: CommandedInstance) -> None:
    made = fresh.succeed("member", "create", "Ben", "--email", "ben@union.example", "--reach", "public").json
    assert list(made) == ["id", "username", "acct"]
    assert (made["username"], made["acct"]) == ("ben", f"ben@{fresh.host}")
    assert made["id"].isdecimal()


def test_a_new_member_is_confirmed_and_hidden_unless_said_otherwise(fresh: CommandedInstance) -> None:
    fresh.member("ben")
    fresh.member("ana", "--role", "moderator", "--reach", "followable")
    shown = [fresh.succeed("member", "show", name, "--json").json for name in ("ben", "ana")]
    assert [list(each) for each in shown] == [["id", "username", "acct", "role", "reach", "state"]] * 2
    assert [(each["role"], each["reach"], each["state"]) for each in shown] == [
        ("member", "hidden", "active"),
        ("moderator", "followable", "active"),
    ]


def test_list_shows_everybody_as_show_does(instance: CommandedInstance) -> None:
    listed = instance.succeed("member", "list", "--json").json
    assert instance.succeed("member", "show", "ana", "--json").json in listed
    first, *lines = instance.succeed("member", "list").stdout.splitlines()
    assert first.split() == ["id", "username", "role", "reach", "state"]
    assert len(lines) == len(listed)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("create", "ana", "--email", "other@union.example"), "taken"),
        (("create", "ANA", "--email", "other@union.example"), "taken"),
        (("create", "eva", "--email", "ana@union.example"), "in use"),
        (("create", "eva", "--email", "no address"), "e-mail"),
        (("create", "instance", "--email", "x@union.example"), "reserved"),
        (("create", "vacancies", "--email", "x@union.example"), "reserved"),
        (("create", "e v a", "--email", "x@union.example"), "name"),
        (("show", "nobody"), "There is no member named nobody."),
        (("role", "nobody", "owner"), "There is no member named nobody."),
        (("role", "ana", "member"), "last owner"),
        (("suspend", "ana"), "last owner"),
        (("delete", "ana"), "last owner"),
        (("delete", "nobody"), "There is no member named nobody."),
        (("move", "ana", "--to", "nonsense"), "user@host"),
        (("alias", "ana", "--add", "acct:x@union-b.localhost:9"), "no connection"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_refused_is_said_in_one_sentence(
    instance: CommandedInstance, arguments: tuple[str, ...], says: str
) -> None:
    assert says in instance.run("member", *arguments).refused


def test_C02_a_password_is_no_argument(instance: CommandedInstance) -> None:
    for command in (("create", "eva", "--email", "e@union.example"), ("reset-password", "ana")):
        done = instance.run("member", *command, "--password", PASSPHRASE)
        assert (done.code, done.stdout) == (2, "")


def test_C02_a_password_comes_from_a_file_or_from_standard_input(
    instance: CommandedInstance, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{PASSPHRASE}\n")
    instance.member("carl", "--password-file", str(file))
    done = instance.succeed(
        "member", "reset-password", "carl", "--password-file", "-", stdin=f"{PASSPHRASE} b"
    )
    assert PASSPHRASE not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("stdin", "says"), [("", "empty"), ("\n", "empty"), ("short\n", "12 characters"), ("ana\n", "characters")]
)
def test_C02_a_password_that_is_none_is_refused(instance: CommandedInstance, stdin: str, says: str) -> None:
    reset = instance.run("member", "reset-password", "ana", "--password-file", "-", stdin=stdin)
    assert says in reset.refused
    made = instance.run(
        *("member", "create", "dora", "--email", "d@union.example", "--password-file", "-"), stdin=stdin
    )
    assert says in made.refused
    assert "no member named dora" in instance.run("member", "show", "dora").refused


def test_without_a_terminal_a_new_password_needs_a_file(instance: CommandedInstance, tmp_path: Path) -> None:
    assert "--password-file" in instance.run("member", "reset-password", "ana").refused
    missing = instance.run("member", "reset-password", "ana", "--password-file", tmp_path / "missing")
    assert "No such file" in missing.refused


def test_a_role_is_given_and_given_again(fresh: CommandedInstance) -> None:
    fresh.member("ben")
    for role in ("moderator", "moderator", "admin", "owner"):
        assert role in fresh.succeed("member", "role", "ben", role).stderr
        assert fresh.succeed("member", "show", "ben", "--json").json["role"] == role


def test_suspending_and_letting_in_again_may_be_repeated(fresh: CommandedInstance) -> None:
    fresh.member("ben")
    for command, state in (("suspend", "suspended"),) * 2 + (("unsuspend", "active"),) * 2:
        fresh.succeed("member", command, "ben")
        assert fresh.succeed("member", "show", "ben", "--json").json["state"] == state


def test_a_deleted_name_is_never_given_again(fresh: CommandedInstance) -> None:
    fresh.member("ben")
    fresh.succeed("member", "delete", "ben")
    again = fresh.run("member", "create", "ben", "--email", "other@union.example")
    assert "taken" in again.refused
    repeated = fresh.run("member", "delete", "ben")
    assert repeated.code in (0, 1)
    assert "Traceback" not in repeated.stderr


def test_suspended_and_deleted_members_get_no_tokens(fresh: CommandedInstance) -> None:
    fresh.member("ben")
    fresh.succeed("member", "suspend", "ben")
    assert "suspended" in fresh.run("token", "create", "ben", "--scopes", "read").refused


def test_token_create_prints_the_token_and_nothing_else(instance: CommandedInstance) -> None:
    arguments = ("token", "create", "ana", "--scopes", "read write follow push", "--app-name", "test")
    done = instance.succeed(*arguments)
    assert done.stderr == ""
    token, *more = done.stdout.split()
    assert more == []
    assert len(token) >= 32
    assert not token.startswith("-")
    assert instance.succeed(*arguments).stdout.strip() != token


@pytest.mark.parametrize("scopes", ["everything", "", "read everything", "admin"])
def test_unknown_scopes_are_refused(instance: CommandedInstance, scopes: str) -> None:
    assert "scope" in instance.run("token", "create", "ana", "--scopes", scopes).refused


def test_keys_rotate_gives_new_keys_to_members_and_institutions(instance: CommandedInstance) -> None:
    for name in ("ana", "instance", "union"):
        for more in ((), ("--leaked",)):
            done = instance.succeed("keys", "rotate", name, *more)
            assert (done.stdout, done.stderr) == ("", f"{name} signs with new keys.\n")
    assert "no actor named nobody" in instance.run("keys", "rotate", "nobody").refused
