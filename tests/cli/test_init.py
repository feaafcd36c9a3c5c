"""init: what is written, for whom it is readable, and what is refused."""

import stat
from pathlib import Path

import pytest

from fediunion.config import Mode, RegistrationMode, Scheme, load_settings
from tests.cli.commands import run_command


def test_it_writes_a_configuration_and_a_folder_that_others_cannot_read(tmp_path: Path) -> None:
    done = run_command("init", "--domain", "union.example", "--title", "Our union", "--dir", tmp_path / "new")
    assert (done.code, done.stdout) == (0, "")
    assert str(tmp_path / "new" / "config.toml") in done.stderr
    config, stored = tmp_path / "new" / "config.toml", tmp_path / "new" / "data"
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    assert stat.S_IMODE(stored.stat().st_mode) == 0o700
    settings = load_settings(config, {})
    assert (settings.handle_domain, settings.instance.title) == ("union.example", "Our union")
    assert settings.instance.mode is Mode.PRODUCTION


def test_each_instance_has_secrets_of_its_own(tmp_path: Path) -> None:
    secrets = []
    for name in ("a", "b"):
        assert run_command("init", "--domain", "union.example", "--dir", tmp_path / name).code == 0
        secrets.append(load_settings(tmp_path / name / "config.toml", {}).secrets)
    assert secrets[0].master_key != secrets[1].master_key
    assert secrets[0].secret_key != secrets[1].secret_key


def test_without_dir_it_writes_into_the_current_folder(tmp_path: Path) -> None:
    assert run_command("init", "--domain", "union.example", folder=tmp_path).code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "data"]


def test_it_never_overwrites(tmp_path: Path) -> None:
    assert run_command("init", "--domain", "union.example", "--dir", tmp_path).code == 0
    before = (tmp_path / "config.toml").read_bytes()
    again = run_command("init", "--domain", "other.example", "--dir", tmp_path)
    assert "is not overwritten" in again.refused
    assert (tmp_path / "config.toml").read_bytes() == before


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    assert "not empty" in run_command("init", "--domain", "union.example", "--dir", tmp_path).refused
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    "domain",
    ["localhost", "union-a.localhost", "union-a.localhost:8101", "127.0.0.1", "127.0.0.1:9000", "union.test"],
)
def test_dev_takes_names_of_this_machine(tmp_path: Path, domain: str) -> None:
    assert run_command("init", "--dev", "--domain", domain, "--dir", tmp_path / "new").code == 0
    settings = load_settings(tmp_path / "new" / "config.toml", {})
    assert settings.base_url == f"http://{domain}"
    assert settings.instance.scheme is Scheme.HTTP
    assert settings.server.host == "127.0.0.1"
    assert settings.server.port == int(domain.partition(":")[2] or 8000)
    assert settings.federation.allow_http
    assert settings.federation.allow_private_addresses is True
    assert settings.federation.retry_base_seconds == 5
    assert not settings.limits.enabled
    assert settings.registration.mode is RegistrationMode.OPEN
    assert settings.mail.dir == tmp_path / "new" / "data" / "mail"


@pytest.mark.parametrize("domain", ["union.example", "10.0.0.1", "localhost.example", "test", "127.0.0.2"])
def test_dev_takes_no_other_names(tmp_path: Path, domain: str) -> None:
    done = run_command("init", "--dev", "--domain", domain, "--dir", tmp_path / "new")
    assert "no name for development" in done.refused
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "domain", ["https://union.example", "union.example:8000", "union example", "", "-a.example", "a" * 300]
)
def test_a_domain_that_is_none_is_refused(tmp_path: Path, domain: str) -> None:
    assert run_command("init", f"--domain={domain}", "--dir", tmp_path / "new").refused
    assert not (tmp_path / "new").exists()


def test_the_domain_is_required(tmp_path: Path) -> None:
    done = run_command("init", "--dir", tmp_path / "new")
    assert (done.code, done.stdout) == (2, "")
    assert "--domain" in done.stderr
