"""What a machine needs to serve an instance: addresses, database, mail, limits, secrets."""

from dataclasses import dataclass
from pathlib import Path

from fediunion.config import readers
from fediunion.config.keys import required, setting
from fediunion.config.readers import Network, one_of, text, whole_number, yes_or_no
from fediunion.config.words import MailMode


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where the server listens, and whom it believes about callers."""

    host: str = setting("127.0.0.1", "The address to listen on; a TLS proxy stands in front.", text)
    port: int = setting(8000, "The port to listen on.", whole_number(1, 65535))
    trusted_proxies: tuple[Network, ...] = setting(
        (),
        "Networks of the proxies whose X-Forwarded-For is believed. Empty: loopback only.",
        readers.networks,
    )
    metrics_allowed: tuple[Network, ...] = setting(
        (), "Networks that may read /metrics. Empty: nobody (in development 127.0.0.1).", readers.networks
    )
    workers: int = setting(1, "Web processes; more than 1 wants PostgreSQL.", whole_number(1, 64))


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Where the rows are."""

    url: str = setting(
        "sqlite:///data/fediunion.db",
        "sqlite:///FILE (counted from this file's folder), or postgresql://USER:PASSWORD@HOST/NAME.",
        readers.database_url,
        secret=True,
    )
    pool_size: int = setting(10, "PostgreSQL connections of one process.", whole_number(2, 200))


@dataclass(frozen=True, kw_only=True)
class Mail:
    """How mail leaves."""

    mode: MailMode = setting(
        MailMode.OFF, '"smtp", "off", or "file" (written to `dir`; development only).', one_of(MailMode)
    )
    host: str = setting("localhost", "The mail server.", text)
    port: int = setting(
        587, "Its port; 465 is TLS from the start, others use STARTTLS.", whole_number(1, 65535)
    )
    user: str = setting("", "The name to log in with. Empty: no login.", text)
    password: str = setting("", "The password to log in with.", text, secret=True)
    sender: str = setting("", "The From address. Empty: noreply@ the domain.", text)
    dir: Path = setting(Path("data/mail"), 'The folder of mode "file".', readers.path)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much anybody may ask of the server."""

    enabled: bool = setting(True, "false switches the rates off. Development only.", yes_or_no)
    inbox_max_bytes: int = setting(
        1_048_576, "Bytes of an activity that is accepted.", whole_number(65_536, 16_777_216)
    )
    inbox_per_host_per_minute: int = setting(
        3000,
        "Activities of one registrable domain in a minute; each 16 KiB of one count as one more.",
        whole_number(1, 10_000_000),
    )
    inbox_waiting_per_host: int = setting(
        20_000, "Unprocessed activities of one registrable domain.", whole_number(100, 10_000_000)
    )
    requests_per_5_minutes: int = setting(
        300,
        "Requests of one member through the client interface, to each web process.",
        whole_number(1, 1_000_000),
    )
    anonymous_requests_per_5_minutes: int = setting(
        300, "Requests of one address without a login, to each web process.", whole_number(1, 1_000_000)
    )
    logins_per_5_minutes: int = setting(
        10, "Failed log-ins of one account, and of one address.", whole_number(1, 1000)
    )
    all_logins_per_5_minutes: int = setting(
        1000,
        "Failed log-ins of everybody together, but for browsers in which their member signed in before.",
        whole_number(10, 1_000_000),
    )
    app_registrations_per_hour: int = setting(
        60, "Apps that one address may register in an hour.", whole_number(1, 1_000_000)
    )
    sign_ups_per_hour: int = setting(5, "Sign-ups from one address in an hour.", whole_number(1, 10_000))
    posts_per_hour: int = setting(
        300, "Posts and boosts of one member in an hour, to each web process.", whole_number(1, 100_000)
    )
    streams_per_member: int = setting(
        50, "Open streams of one member: each app window has one.", whole_number(1, 10_000)
    )
    streams_per_address: int = setting(
        20, "Open streams of one address without a login.", whole_number(0, 10_000)
    )


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Keys that are not in the database; without them a backup is unreadable, so keep them with it."""

    master_key: bytes = required(
        "32 random bytes in base64; encrypts private keys at rest. Required.",
        readers.key_of_32_bytes,
        secret=True,
    )
    secret_key: str = required(
        "At least 32 random characters; signs cookies and links. Required.", readers.long_secret, secret=True
    )
