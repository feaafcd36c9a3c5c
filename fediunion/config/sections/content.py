"""What comes and goes: federation, media, translation."""

from dataclasses import dataclass
from pathlib import Path

from fediunion.config import readers
from fediunion.config.keys import setting
from fediunion.config.readers import Network, one_of, text, whole_number, yes_or_no
from fediunion.config.words import FederationMode, MediaStore


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
        60,
        "Seconds until the first retry; each further wait is three times as long. From 60 in production.",
        whole_number(1, 3600),
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
class Translation:
    """A LibreTranslate service that translates public posts for members who ask. Off without a `url`."""

    url: str = setting("", "Its address, such as https://translate.example. Empty: no translation.", text)
    api_key: str = setting("", "The key that it wants, if any.", text, secret=True)
    allow_private_addresses: tuple[Network, ...] = setting(
        (),
        'Networks of yours where it may stand, such as ["127.0.0.1/32"]; http is spoken there too.',
        readers.networks,
    )
