"""The sections of the configuration file: every key with its default, unit and meaning."""

from dataclasses import dataclass
from pathlib import Path

from fediunion.config import readers
from fediunion.config.keys import required, setting
from fediunion.config.readers import Network, one_of, text, whole_number, yes_or_no
from fediunion.config.words import (
    FederationMode,
    InviteMakers,
    MailMode,
    MediaStore,
    Mode,
    Reach,
    RegistrationMode,
    Scheme,
)


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Who this instance is."""

    domain: str = required(
        "The name after the @ in handles. It cannot be changed once others know it. Required.",
        readers.authority,
        example="union.example",
    )
    web_domain: str = setting(
        "",
        "Where the server answers, when that is not the domain. Empty: the domain.",
        readers.optional_authority,
    )
    mode: Mode = setting(
        Mode.PRODUCTION, '"production" or "development" (for trials on one machine only).', one_of(Mode)
    )
    scheme: Scheme = setting(Scheme.HTTPS, '"https"; "http" only in development.', one_of(Scheme))
    title: str = setting("FediUnion", "The name that people read.", text)
    description: str = setting("", "One or two sentences about the union, shown on the first page.", text)
    contact: str = setting("", "An e-mail address for questions and complaints, shown to everybody.", text)
    languages: tuple[str, ...] = setting(
        ("en",), "Language codes, the first is the default.", readers.lowered_texts
    )
    rules: tuple[str, ...] = setting(
        (), "The rules that members agree to, one sentence each, shown to everybody.", readers.texts
    )
    innocuous_name: str = setting(
        "",
        "A neutral name for page titles and notifications, for screens that others see. Empty: off.",
        text,
    )


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
class Federation:
    """With whom and how the instance federates."""

    mode: FederationMode = setting(
        FederationMode.OPEN,
        '"open", "allowlist" (only peers that were allowed), or "off".',
        one_of(FederationMode),
    )
    authorized_fetch: bool = setting(
        False, "Ask a signature for everything, also for what is public.", yes_or_no
    )
    allow_http: bool = setting(False, "Talk to servers without TLS. Development only.", yes_or_no)
    allow_private_addresses: bool | tuple[Network, ...] = setting(
        readers.NO_PRIVATE_ADDRESSES,
        'Connect to private addresses: true, false, or networks such as ["127.0.0.1/32"]. Development only.',
        readers.yes_no_or_networks,
    )
    ca_file: Path | None = setting(
        None,
        "A file of certificates of a test authority. Empty: the system's. Development only.",
        readers.optional_path,
    )
    retry_days: int = setting(7, "Days until a delivery is given up.", whole_number(1, 30))
    long_retry_days: int = setting(
        30, "The same for Delete, Undo, Block, Move, Reject and key changes, in days.", whole_number(1, 90)
    )
    retry_base_seconds: int = setting(
        60, "Seconds until the first retry; it doubles. Below 60 in development only.", whole_number(1, 3600)
    )
    request_timeout_seconds: int = setting(
        10, "Seconds that one request to another server may take in all.", whole_number(1, 60)
    )
    deliveries_at_once: int = setting(64, "Deliveries under way at one moment.", whole_number(1, 1024))


@dataclass(frozen=True, kw_only=True)
class Media:
    """Uploaded files and copies of remote ones."""

    store: MediaStore = setting(
        MediaStore.LOCAL, 'Where uploads are: "local" (under `dir`) or "s3".', one_of(MediaStore)
    )
    dir: Path = setting(Path("data/media"), "The folder of uploads and cached remote media.", readers.path)
    s3_endpoint: str = setting("", "The address of the S3 service, such as https://s3.example.", text)
    s3_bucket: str = setting("", "The bucket; nobody but this instance needs access to it.", text)
    s3_region: str = setting("us-east-1", "The region that the service wants in signatures.", text)
    s3_access_key: str = setting("", "The access key of the bucket.", text)
    s3_secret_key: str = setting("", "Its secret.", text, secret=True)
    image_max_bytes: int = setting(16_777_216, "Bytes of an uploaded image.", whole_number(1, 1 << 30))
    video_max_bytes: int = setting(
        41_943_040, "Bytes of an uploaded video or sound.", whole_number(1, 1 << 32)
    )
    remote_max_bytes: int = setting(
        41_943_040, "Bytes of a remote file that is passed on.", whole_number(1, 1 << 32)
    )
    remote_cache_days: int = setting(
        7, "Days that an unused copy of a remote file is kept.", whole_number(0, 365)
    )
    remote_cache_bytes: int = setting(
        5_368_709_120,
        "Bytes of all copies of remote files; the least used go first.",
        whole_number(0, 1 << 46),
    )
    attachments_per_post: int = setting(4, "Files that a post can have.", whole_number(1, 16))
    processes: int = setting(2, "Processes that work on pictures and films.", whole_number(1, 32))
    ffmpeg: str = setting(
        "ffmpeg", "The program that cleans films and sounds, if it is there. Empty: never.", text
    )
    require_descriptions: bool = setting(
        False, "Refuse posts whose pictures, films and sounds are not described in words.", yes_or_no
    )
    uploads_per_hour: int = setting(100, "Uploads of one member in an hour.", whole_number(1, 100_000))


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
class Registration:
    """Who may open an account."""

    mode: RegistrationMode = setting(
        RegistrationMode.APPROVAL, '"closed", "invite", "approval" or "open".', one_of(RegistrationMode)
    )
    email_domains: tuple[str, ...] = setting(
        (), "Only these e-mail domains (and those below them) may sign up. Empty: all.", readers.lowered_texts
    )
    email_required: bool = setting(
        True, "false lets people join without an address; recovery codes take its place.", yes_or_no
    )
    employer_domains: tuple[str, ...] = setting(
        (),
        "E-mail domains of employers: who signs up with such an address is warned that the employer can"
        " read its mail.",
        readers.lowered_texts,
    )
    invites_by: InviteMakers = setting(
        InviteMakers.MODERATOR,
        'Who may invite: "member" (and above), "moderator" or "admin".',
        one_of(InviteMakers),
    )


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What others learn, and how long things are kept; periods can only be shortened."""

    default_reach: Reach = setting(
        Reach.HIDDEN, 'What a new account starts with: "hidden", "followable" or "public".', one_of(Reach)
    )
    nodeinfo_counts: bool = setting(True, "Publish how many members and posts there are, rounded.", yes_or_no)
    round_counts_to: int = setting(50, "Published counts are rounded to this many.", whole_number(1, 10_000))
    follow_counts: bool = setting(
        True, "Show how many followers a person has (who they are is never shown).", yes_or_no
    )
    auth_event_days: int = setting(7, "Days that log-ins and failed log-ins are kept.", whole_number(1, 7))
    inbox_days: int = setting(7, "Days that received activities are kept as they came.", whole_number(1, 7))
    delivery_days: int = setting(3, "Days that a successful delivery is kept.", whole_number(1, 3))
    remote_post_days: int = setting(90, "Days that unused remote posts are kept.", whole_number(1, 90))
    backup_days: int = setting(
        14, "Days that `fediunion backup FOLDER` keeps what it wrote there.", whole_number(1, 14)
    )


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much anybody may ask of the server."""

    enabled: bool = setting(True, "false switches the rates off. Development only.", yes_or_no)
    inbox_max_bytes: int = setting(
        1_048_576, "Bytes of an activity that is accepted.", whole_number(65_536, 16_777_216)
    )
    inbox_per_host_per_minute: int = setting(
        3000, "Activities of one registrable domain in a minute.", whole_number(1, 10_000_000)
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
        1000, "Failed log-ins of everybody together.", whole_number(10, 1_000_000)
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
class Translation:
    """A LibreTranslate service that translates public posts for members who ask. Off without a `url`."""

    url: str = setting("", "Its address, such as https://translate.example. Empty: no translation.", text)
    api_key: str = setting("", "The key that it wants, if any.", text, secret=True)
    allow_private_addresses: tuple[Network, ...] = setting(
        (),
        'Networks of yours where it may stand, such as ["127.0.0.1/32"]; http is spoken there too.',
        readers.networks,
    )


@dataclass(frozen=True, kw_only=True)
class Transparency:
    """What /about, /privacy and /transparency say beside what the server knows of itself."""

    administrators: tuple[str, ...] = setting(
        (),
        "Who administers the server, as they want to be named to everybody. Empty: not said.",
        readers.texts,
    )
    controller: str = setting(
        "", "Who answers for personal data in law, with an address. Empty: not said.", text
    )
    hosting: str = setting("", "Who runs the machine, and in which country. Empty: not said.", text)
    authority_requests: int = setting(
        0,
        "How many requests for data of courts, police and other authorities came so far.",
        whole_number(0, 1_000_000),
    )
    authority_requests_answered: int = setting(
        0, "To how many of them something was handed over.", whole_number(0, 1_000_000)
    )
    authority_requests_until: str = setting(
        "",
        "Up to which day the two figures are counted, such as 2026-11-22. Empty: they are not shown.",
        text,
    )
    publish_limited_servers: bool = setting(
        False, "Tell strangers which servers are blocked or silenced, with the public reason.", yes_or_no
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


SECTIONS: dict[str, type] = {
    "instance": Instance,
    "server": Server,
    "database": DatabaseSettings,
    "federation": Federation,
    "media": Media,
    "mail": Mail,
    "registration": Registration,
    "privacy": Privacy,
    "limits": Limits,
    "translation": Translation,
    "transparency": Transparency,
    "secrets": Secrets,
}
