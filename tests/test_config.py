"""What a configuration may say, and how a wrong one is refused."""

import base64
import ipaddress
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import certifi
import pytest

from fediunion.config import (
    FederationMode,
    MailMode,
    Reach,
    RegistrationMode,
    load_settings,
    new_configuration,
)
from fediunion.kit.errors import BadConfiguration, Invalid

KEY = base64.b64encode(bytes(range(32))).decode()
DOMAIN = '[instance]\ndomain = "a.b"\n'
SECRETS = f'[secrets]\nmaster_key = "{KEY}"\nsecret_key = "0123456789abcdefghijklmnopqrstuvwxyz"\n'


def written(directory: Path, text: str, *, mode: int = 0o640, secrets: str = SECRETS) -> Path:
    """Write a configuration file and return its path."""
    path = directory / "config.toml"
    path.write_text(f"{text}\n{secrets}", encoding="utf-8")
    path.chmod(mode)
    return path


def refusal(directory: Path, text: str, environ: dict[str, str] | None = None, *, mode: int = 0o640) -> str:
    """Return the sentence with which a configuration is refused."""
    with pytest.raises(BadConfiguration) as caught:
        load_settings(written(directory, text, mode=mode), environ or {})
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_short_file_is_enough_and_the_rest_has_defaults(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, '[instance]\ndomain = "Union.Example"'), {})
    assert settings.base_url == "https://union.example"
    assert settings.authority == {"union.example"}
    assert not settings.is_development
    assert settings.database.url == f"sqlite:///{tmp_path}/data/fediunion.db"
    assert settings.media.dir == tmp_path / "data" / "media"
    assert settings.federation.mode is FederationMode.OPEN
    assert settings.federation.allow_private_addresses is False
    assert settings.privacy.default_reach is Reach.HIDDEN
    assert settings.secrets.master_key == bytes(range(32))
    assert settings.metrics_networks == ()


def test_handles_and_addresses_may_have_different_domains(tmp_path: Path) -> None:
    text = '[instance]\ndomain = "union.example"\nweb_domain = "fedi.union.example"'
    settings = load_settings(written(tmp_path, text), {})
    assert (settings.handle_domain, settings.base_url) == ("union.example", "https://fedi.union.example")
    assert settings.authority == {"union.example", "fedi.union.example"}


def test_a_new_instance_can_say_more_about_itself(tmp_path: Path) -> None:
    about = {"level": "staff-union", "rules": ["Be kind.", 'Say "we".'], "languages": ["fr", "en"]}
    instance = load_settings(new_configuration("a.example", "A", tmp_path / "a", about=about), {}).instance
    assert (instance.level, instance.rules) == ("staff-union", ("Be kind.", 'Say "we".'))
    assert instance.languages == ("fr", "en")


def test_a_new_development_instance_listens_on_the_port_of_its_name(tmp_path: Path) -> None:
    path = new_configuration("union-a.localhost:8101", "Union A", tmp_path / "a", dev=True)
    settings = load_settings(path, {})
    assert settings.is_development
    assert settings.base_url == "http://union-a.localhost:8101"
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8101)
    assert settings.federation.allow_http
    assert settings.federation.allow_private_addresses is True
    assert settings.federation.retry_base_seconds == 5
    assert not settings.limits.enabled
    assert settings.mail.mode is MailMode.FILE
    assert settings.mail.dir == tmp_path / "a" / "data" / "mail"
    assert settings.registration.mode is RegistrationMode.OPEN
    assert ipaddress.ip_network("127.0.0.1/32") in settings.metrics_networks


def test_a_new_instance_starts_and_its_secrets_are_its_own(tmp_path: Path) -> None:
    first = load_settings(new_configuration("union.example", 'Say "hello"\n', tmp_path / "a"), {})
    second = load_settings(new_configuration("union.example", None, tmp_path / "b", port=9000), {})
    assert first.instance.title == 'Say "hello"\n'
    assert second.server.port == 9000
    assert first.secrets.master_key != second.secrets.master_key
    assert first.secrets.secret_key != second.secrets.secret_key


def test_a_new_configuration_is_closed_to_others(tmp_path: Path) -> None:
    path = new_configuration("union.example", None, tmp_path / "a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "a" / "data").stat().st_mode) == 0o700


def test_a_new_configuration_overwrites_nothing(tmp_path: Path) -> None:
    before = new_configuration("union.example", None, tmp_path).read_bytes()
    with pytest.raises(Invalid, match="exists already"):
        new_configuration("union.example", None, tmp_path)
    assert (tmp_path / "config.toml").read_bytes() == before
    (tmp_path / "b" / "data" / "media").mkdir(parents=True)
    with pytest.raises(Invalid, match="not overwritten"):
        new_configuration("union.example", None, tmp_path / "b")


@pytest.mark.parametrize("domain", ["localhost", "a.localhost:8101", "127.0.0.1:80", "x.test", "LOCALHOST:1"])
def test_development_takes_names_of_this_machine(tmp_path: Path, domain: str) -> None:
    assert (
        load_settings(new_configuration(domain, None, tmp_path, dev=True), {}).handle_domain == domain.lower()
    )


@pytest.mark.parametrize("domain", ["union.example", "127.0.0.2", "localhost.example", "test", "10.0.0.1:80"])
def test_development_refuses_other_names(tmp_path: Path, domain: str) -> None:
    with pytest.raises(Invalid, match="no name for development"):
        new_configuration(domain, None, tmp_path, dev=True)


@pytest.mark.parametrize(
    "domain", ["", "https://union.example", "union.example/x", "a..b", "-a.b", "union.example:9"]
)
def test_a_production_instance_needs_a_plain_host_name(tmp_path: Path, domain: str) -> None:
    with pytest.raises(Invalid):
        new_configuration(domain, None, tmp_path)
    assert not (tmp_path / "config.toml").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (DOMAIN + '[colour]\n', r"line 3: there is no section \[colour\]"),
        (DOMAIN + 'titel = "x"', r"line 3: \[instance\] has no key titel \(did you mean title"),
        ('domain = "a.b"\n[instance]\n', r"line 1: the key domain stands before any \[section\]"),
        (DOMAIN + '\n[server]\nport = "80"', r'line 5: \[server\] port must be a .*, not "80"'),
        (DOMAIN + '[server]\nport = true', r"line 4: \[server\] port must be .*, not true"),
        (DOMAIN + '[server]\nport = 0', r"line 4: \[server\] port must be .* 1 to 65535, not 0"),
        ('[instance]\ndomain = 7', r"line 2: \[instance\] domain must be a host name"),
        ('[instance]\ntitle = "x"', r"line 1: \[instance\] domain is missing"),
        ('[server]\nport = 1', r"^config.toml: \[instance\] domain is missing"),
        (DOMAIN + 'languages = "en"', r"line 3: \[instance\] languages must be a list"),
        (DOMAIN + 'mode = "test"', r'line 3: \[instance\] mode must be one of "production", "dev'),
        (DOMAIN + '[limits]\nenabled = 1', r"line 4: \[limits\] enabled must be true or false"),
        (DOMAIN + '[server]\ntrusted_proxies = ["*"]', r"line 4: .*trusted_proxies must be a list"),
        (DOMAIN + '[privacy]\ninbox_days = 8', r"line 4: \[privacy\] inbox_days .* from 1 to 7"),
        (DOMAIN + '[database]\nurl = "mysql://x"', r"line 4: \[database\] url must begin with"),
        (DOMAIN + '[database]\nurl = "postgresql://a:b@c:port/d"', r"line 4: \[database\] url must have a"),
        (DOMAIN + '[federation]\nca_file = "config.toml"', r"line 4: .*ca_file holds no certificates"),
        (DOMAIN + '[federation]\nca_file = "none.pem"', r"line 4: .*ca_file names no file"),
        (DOMAIN + '[[limits]]\nenabled = true', r"line 3: the section limits must be written as \[lim"),
        (DOMAIN + '[federation]\nretry_days = 30\nlong_retry_days = 7', r"line 5: .*retry_days"),
        (DOMAIN + '[media]\ndir = "/etc/media"', r"line 4: \[media\] dir must not be a folder of"),
        (DOMAIN + '[media]\ndir = "/"', r"line 4: \[media\] dir must not be a folder of"),
        ('[instance]\ndomain = "a.b', r"not valid TOML: .*line 2"),
        ('instance = 3', r"line 1: the section instance must be written as \[instance\]"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_one_sentence_with_key_and_line(
    tmp_path: Path, text: str, sentence: str
) -> None:
    assert re.search(sentence, refusal(tmp_path, text))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///fediunion",
        "postgresql://fediunion@/fediunion?host=/run/postgresql",
        "postgresql://fediunion:p/?#%40:x@db.example:5432/fediunion",
        "postgresql://fediunion@[::1]:5432/fediunion",
        "postgresql://db.example/fediunion",
    ],
)
def test_every_way_to_name_a_postgresql_database_is_taken(tmp_path: Path, url: str) -> None:
    text = f'{DOMAIN}[database]\nurl = "{url}"'
    assert load_settings(written(tmp_path, text), {}).database.url == url


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (DOMAIN + 'scheme = "http"', "scheme"),
        ('[instance]\ndomain = "a.b:8000"', "domain"),
        ('[instance]\ndomain = "192.0.2.1"', "domain"),
        (DOMAIN + 'web_domain = "a.b:81"', "web_domain"),
        (DOMAIN + '[federation]\nallow_http = true', "allow_http"),
        (DOMAIN + '[federation]\nallow_private_addresses = true', "allow_private_addresses"),
        (DOMAIN + '[federation]\nallow_private_addresses = ["10.0.0.0/8"]', "allow_private"),
        (DOMAIN + f'[federation]\nca_file = "{certifi.where()}"', "ca_file"),
        (DOMAIN + '[federation]\nretry_base_seconds = 59', "retry_base_seconds"),
        (DOMAIN + '[limits]\nenabled = false', "enabled"),
        (DOMAIN + '[mail]\nmode = "file"', "mode"),
        (DOMAIN + '[server]\ntrusted_proxies = ["0.0.0.0/0"]', "trusted_proxies"),
        (DOMAIN + '[server]\ntrusted_proxies = ["::/0"]', "trusted_proxies"),
    ],
)  # fmt: skip
def test_C01_production_refuses_each_switch_and_says_which(tmp_path: Path, line: str, named: str) -> None:
    sentence = refusal(tmp_path, line)
    assert re.match(rf"config.toml line {line.count(chr(10)) + 1}: \[\w+\] {named}", sentence)
    development = line.replace("[instance]\n", '[instance]\nmode = "development"\n', 1)
    assert load_settings(written(tmp_path, development), {}).is_development


@pytest.mark.parametrize(
    "secrets",
    [
        "",
        f'[secrets]\nmaster_key = "{KEY}"\nsecret_key = "short"\n',
        f'[secrets]\nmaster_key = "{KEY}"\nsecret_key = "{"a" * 40}"\n',
        f'[secrets]\nmaster_key = "{KEY[:20]}"\nsecret_key = "{KEY}"\n',
        f'[secrets]\nmaster_key = "{base64.b64encode(bytes(32)).decode()}"\nsecret_key = "{KEY}"\n',
        f'[secrets]\nmaster_key = ""\nsecret_key = "{KEY}"\n',
    ],
)
def test_C01_short_and_default_secrets_are_refused_and_never_shown(tmp_path: Path, secrets: str) -> None:
    path = written(tmp_path, '[instance]\ndomain = "a.b"', secrets=secrets)
    with pytest.raises(BadConfiguration, match=r"\[secrets\] (master|secret)_key") as caught:
        load_settings(path, {})
    assert not any(value and value in str(caught.value) for value in re.findall(r'"(.*)"', secrets))


def test_C01_a_configuration_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    assert "chmod" in refusal(tmp_path, '[instance]\ndomain = "a.b"', mode=0o644)


def test_C01_a_database_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, '[instance]\ndomain = "a.b"')
    database = tmp_path / "data" / "fediunion.db"
    database.parent.mkdir()
    database.touch(0o600)
    database.chmod(0o644)
    with pytest.raises(BadConfiguration, match=r"database file .* is open to every user"):
        load_settings(path, {})
    database.chmod(0o600)
    assert load_settings(path, {}).is_sqlite


def test_C02_secrets_come_from_credentials_then_the_environment_then_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, '[instance]\ndomain = "a.b"\n[mail]\npassword = "from the file"')
    environ = {"FEDIUNION_MAIL_PASSWORD": "from the environment"}
    assert load_settings(path, {}).mail.password == "from the file"
    assert load_settings(path, environ).mail.password == "from the environment"
    (tmp_path / "mail.password").write_text("from a credential\n")
    assert load_settings(path, environ | {"CREDENTIALS_DIRECTORY": str(tmp_path)}).mail.password == (
        "from a credential"
    )


def test_C02_the_secrets_of_an_instance_need_not_be_in_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, '[instance]\ndomain = "a.b"', secrets="")
    environ = {"FEDIUNION_SECRETS_MASTER_KEY": KEY, "FEDIUNION_SECRETS_SECRET_KEY": KEY}
    assert load_settings(path, environ).secrets.secret_key == KEY
    environ["FEDIUNION_SECRETS_MASTER_KEY"] = "short"
    with pytest.raises(BadConfiguration, match="variable FEDIUNION_SECRETS_MASTER_KEY"):
        load_settings(path, environ)


def test_C02_no_secret_is_in_the_text_of_the_settings(tmp_path: Path) -> None:
    text = '[instance]\ndomain = "a.b"\n[mail]\npassword = "canary-1"\n[database]\nurl = "postgresql://u:canary-2@h/d"'
    shown = repr(load_settings(written(tmp_path, text), {}))
    assert "canary" not in shown
    assert KEY not in shown
    assert "abcdefghijklmnop" not in shown
    assert "domain='a.b'" in shown


def test_only_secrets_are_read_from_the_environment(tmp_path: Path) -> None:
    sentence = refusal(tmp_path, '[instance]\ndomain = "a.b"', {"FEDIUNION_SERVER_PORT": "80"})
    assert "FEDIUNION_SERVER_PORT" in sentence


def test_the_clock_of_a_development_instance_can_start_elsewhere(tmp_path: Path) -> None:
    path = new_configuration("union.test", None, tmp_path, dev=True)
    settings = load_settings(path, {"FEDIUNION_CLOCK_START": "2026-12-01T09:00:00Z"})
    assert settings.clock_starts_at == datetime(2026, 12, 1, 9, tzinfo=UTC)
    with pytest.raises(BadConfiguration, match="FEDIUNION_CLOCK_START must be a moment"):
        load_settings(path, {"FEDIUNION_CLOCK_START": "soon"})


def test_C01_the_clock_of_a_production_instance_cannot_be_moved(tmp_path: Path) -> None:
    sentence = refusal(
        tmp_path, '[instance]\ndomain = "a.b"', {"FEDIUNION_CLOCK_START": "2026-12-01T09:00:00Z"}
    )
    assert sentence == "The variable FEDIUNION_CLOCK_START is for development only."


def test_the_file_is_found_through_the_environment(tmp_path: Path) -> None:
    path = written(tmp_path, '[instance]\ndomain = "a.b"')
    assert load_settings(None, {"FEDIUNION_CONFIG": str(path)}).handle_domain == "a.b"
    with pytest.raises(BadConfiguration, match="no configuration file"):
        load_settings(tmp_path / "missing.toml", {"FEDIUNION_CONFIG": str(path)})


def test_C14_a_media_folder_behind_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert "symbolic link" in refusal(tmp_path, '[instance]\ndomain = "a.b"\n[media]\ndir = "link"')
