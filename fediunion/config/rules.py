"""Rules over several keys: what a production instance may not switch on."""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from fediunion.config.settings import Settings
from fediunion.config.words import MailMode, MediaStore, Scheme
from fediunion.kit.errors import BadConfiguration

_FOLDERS_OF_THE_SYSTEM = ("/bin", "/boot", "/dev", "/etc", "/lib", "/proc", "/run", "/sbin", "/sys", "/usr")


class Fault(NamedTuple):
    """Something that forbids to start: the key and the rest of a sentence about it."""

    section: str
    key: str
    sentence: str


def check_rules(settings: Settings, where: Callable[[str, str], str]) -> None:
    """Raise BadConfiguration for the first rule that is broken; `where` gives the words for a key's place."""
    for fault in faults(settings):
        place = where(fault.section, fault.key)
        raise BadConfiguration(f"{place}: [{fault.section}] {fault.key} {fault.sentence}.")


def faults(settings: Settings) -> Iterator[Fault]:
    """Yield every rule that the settings break."""
    if settings.federation.long_retry_days < settings.federation.retry_days:
        yield Fault("federation", "long_retry_days", "must not be less than retry_days")
    yield from _unsafe_folders(settings)
    yield from _incomplete_store(settings)
    yield from _no_authority(settings.federation.ca_file)
    if not settings.is_development:
        yield from _production_faults(settings)
        if settings.clock_starts_at is not None:
            raise BadConfiguration("The variable FEDIUNION_CLOCK_START is for development only.")


def _production_faults(settings: Settings) -> Iterator[Fault]:
    only = 'is for development only ([instance] mode = "development")'
    if settings.instance.scheme is Scheme.HTTP:
        yield Fault("instance", "scheme", f'= "http" {only}')
    for key, authority in (("domain", settings.handle_domain), ("web_domain", settings.web_domain)):
        if ":" in authority:
            yield Fault("instance", key, f"with a port {only}")
        if _is_address(authority):
            yield Fault("instance", key, f"that is an address instead of a name {only}")
    if settings.federation.allow_http:
        yield Fault("federation", "allow_http", f"= true {only}")
    if settings.federation.allow_private_addresses:
        yield Fault("federation", "allow_private_addresses", only)
    if settings.federation.ca_file is not None:
        yield Fault("federation", "ca_file", only)
    if settings.federation.retry_base_seconds < 60:
        yield Fault("federation", "retry_base_seconds", f"below 60 {only}")
    if not settings.limits.enabled:
        yield Fault("limits", "enabled", f"= false {only}")
    if settings.mail.mode is MailMode.FILE:
        yield Fault("mail", "mode", f'= "file" {only}')
    if any(network.prefixlen == 0 for network in settings.server.trusted_proxies):
        yield Fault("server", "trusted_proxies", "must not believe every address; name the proxy's own")


def _no_authority(file: Path | None) -> Iterator[Fault]:
    if file is None:
        return
    if not file.is_file():
        yield Fault("federation", "ca_file", f"names no file: {file}")
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except ssl.SSLError:
        yield Fault("federation", "ca_file", f"holds no certificates: {file}")
    except OSError as error:
        yield Fault("federation", "ca_file", f"cannot be read: {error.strerror}")


def _unsafe_folders(settings: Settings) -> Iterator[Fault]:
    for section, folder in (("media", settings.media.dir), ("mail", settings.mail.dir)):
        resolved = folder.resolve()
        if folder.is_symlink():
            yield Fault(section, "dir", f"must not be a symbolic link: {folder}")
        if len(resolved.parts) == 1 or any(
            resolved.is_relative_to(place) for place in _FOLDERS_OF_THE_SYSTEM
        ):
            yield Fault(section, "dir", f"must not be a folder of the system: {folder}")


def _incomplete_store(settings: Settings) -> Iterator[Fault]:
    media = settings.media
    if media.store is not MediaStore.S3:
        return
    for key in ("s3_endpoint", "s3_bucket", "s3_region", "s3_access_key", "s3_secret_key"):
        if not getattr(media, key):
            yield Fault("media", key, 'is needed with store = "s3"')
    if not media.s3_endpoint.startswith("https://") and not settings.is_development:
        yield Fault("media", "s3_endpoint", "must begin with https:// (http only in development)")


def _is_address(authority: str) -> bool:
    host = authority.partition(":")[0]
    try:
        socket.inet_aton(host)
    except OSError:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
    return True
