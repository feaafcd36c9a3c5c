"""Looking at the instance from outside, through the same guarded client as other servers are asked by."""

import asyncio
import ctypes
import ipaddress
import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.addresses import is_localhost_name, is_public
from fediunion.activitypub.client import Client
from fediunion.activitypub.headers import RequestHeaders, SignedRequest
from fediunion.activitypub.keys import load_public_pem
from fediunion.activitypub.parse_actors import keys_in
from fediunion.activitypub.request_signatures import read_signature, verify
from fediunion.activitypub.webfinger import find_actor_uri
from fediunion.actors.models import Instance
from fediunion.actors.names import INSTANCE_NAME
from fediunion.actors.signing import instance_signer
from fediunion.app.doctor.findings import Finding, failed, warning, well
from fediunion.config import Scheme, Settings
from fediunion.kit.errors import BadSignature, FediUnionError
from fediunion.kit.urls import parse_remote_url
from fediunion.world import World

_SECONDS: Final = 10.0
_CLOCK_WARNING_SECONDS: Final = 30.0
_CLOCK_FAILED_SECONDS: Final = 300.0
_CERTIFICATE_DAYS: Final = 14
_ASKED_FOR_THE_TIME: Final = 3
_TIME_ERROR: Final = 5  # adjtimex(2): the clock is not synchronised


async def look_from_outside(world: World, outside: Client) -> list[Finding]:
    """Return how others find this instance. `outside` is a client that takes our own names for others'."""
    return [
        *await _names(world.settings),
        *await _certificate(world.settings),
        await _clock(world, outside),
        *await _discovery(world, outside),
    ]


async def _names(settings: Settings) -> list[Finding]:
    findings = []
    for name in dict.fromkeys((settings.handle_domain, settings.web_domain)):
        host = parse_remote_url(f"https://{name}/").host
        if is_localhost_name(host):
            findings.append(well("dns", f"{host} is this machine, by its name"))
            continue
        try:
            async with asyncio.timeout(_SECONDS):
                entries = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, TimeoutError):
            mend = f"give {host} an A or AAAA record with the address of this machine"
            findings.append(failed("dns", f"the name {host} is not found", mend))
            continue
        addresses = sorted({str(entry[4][0]) for entry in entries})
        private = [each for each in addresses if not is_public(ipaddress.ip_address(each))]
        if private and not settings.is_development:
            mend = f"let the name {host} lead to a public address; look at /etc/hosts of this machine, too"
            findings.append(failed("dns", f"{host} is {private[0]}, which nobody outside can reach", mend))
        else:
            findings.append(well("dns", f"{host} is {', '.join(addresses)}"))
    return findings


async def _certificate(settings: Settings) -> list[Finding]:
    if settings.instance.scheme is Scheme.HTTP:
        return [well("tls", "not used by a development instance over http")]
    findings = []
    for name in dict.fromkeys((settings.handle_domain, settings.web_domain)):
        url = parse_remote_url(f"https://{name}/")
        try:
            ends_at = await _certificate_end(settings, url.host, url.port or 443)
        except ssl.SSLError as error:
            says = f"{url.host} has no valid certificate ({error.reason or error})"
            findings.append(failed("tls", says, "renew the certificate of the proxy, with its whole chain"))
            continue
        except (OSError, TimeoutError):
            mend = "look whether the proxy runs and port 443 is open; a router may hide you from yourself"
            findings.append(failed("tls", f"{url.authority} takes no connection", mend))
            continue
        days = (ends_at - datetime.now(UTC)).days
        if days < _CERTIFICATE_DAYS:
            says = f"the certificate of {url.host} ends in {days} days"
            findings.append(warning("tls", says, "look why it is not renewed by itself"))
        else:
            findings.append(well("tls", f"the certificate of {url.host} is good for {days} days"))
    return findings


async def _certificate_end(settings: Settings, host: str, port: int) -> datetime:
    context = ssl.create_default_context()
    if settings.federation.ca_file is not None:
        context.load_verify_locations(cafile=settings.federation.ca_file)
    address = "127.0.0.1" if is_localhost_name(host) else host
    async with asyncio.timeout(_SECONDS):
        _, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=host)
    try:
        certificate = writer.get_extra_info("peercert")
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    finally:
        writer.close()


async def _clock(world: World, outside: Client) -> Finding:
    """Compare the clock with servers that we know; where none tells, ask the kernel whether it is kept."""
    mend = "keep the clock by NTP: `timedatectl set-ntp true`"
    if world.settings.clock_starts_at is not None:
        return well("clock", f"set to {world.settings.clock_starts_at:%Y-%m-%d %H:%M} for a trial")
    for host in await _known_servers(world):
        try:
            scheme = world.settings.instance.scheme
            answer, _ = await outside.fetch(
                f"{scheme}://{host}/.well-known/nodeinfo", accept="application/json"
            )
            told = parsedate_to_datetime(answer.headers.get("Date", ""))
            seconds = abs((world.clock.now() - told).total_seconds())
        except (FediUnionError, ValueError, TypeError):
            continue
        says = f"{round(seconds)} s from that of {host}"
        if seconds > _CLOCK_FAILED_SECONDS:
            return failed("clock", f"{says}: signatures will be refused", mend)
        return warning("clock", says, mend) if seconds > _CLOCK_WARNING_SECONDS else well("clock", says)
    if _is_kept_by_the_kernel():
        return well("clock", "kept by the system")
    return warning("clock", "no server could be asked, and the system does not say that it keeps it", mend)


async def _known_servers(world: World) -> list[str]:
    def find(session: Session) -> list[str]:
        statement = (
            select(Instance.host)
            .where(Instance.last_success_at.is_not(None))
            .order_by(Instance.last_success_at.desc())
        )
        return list(session.scalars(statement.limit(_ASKED_FOR_THE_TIME)))

    return await world.db.read(find)


def _is_kept_by_the_kernel() -> bool:
    """Ask Linux whether something disciplines the clock (adjtimex(2) with no change asked for)."""
    try:
        nothing_to_set = ctypes.create_string_buffer(512)
        state: int = ctypes.CDLL(None).adjtimex(nothing_to_set)
    except (OSError, AttributeError):
        return False
    return 0 <= state < _TIME_ERROR


async def _discovery(world: World, outside: Client) -> list[Finding]:
    settings = world.settings
    acct = f"{INSTANCE_NAME}@{settings.handle_domain}"
    ours = f"{settings.base_url}/actors/{INSTANCE_NAME}"
    mend = "look whether `fediunion serve` runs, and whether the proxy passes requests on with their Host"
    try:
        found = await find_actor_uri(outside, acct)
    except FediUnionError as error:
        return [failed("webfinger", f"{acct} is not found: {_plain(error)}", mend)]
    if found.actor_uri != ours:
        says = f"{acct} leads to {found.actor_uri} instead of {ours}"
        return [failed("webfinger", says, "another server answers at this name; look at DNS and the proxy")]
    return [well("webfinger", f"{acct} is found"), await _signature(world, outside, ours)]


async def _signature(world: World, outside: Client, actor_uri: str) -> Finding:
    """Sign as the instance, and check that with the key that everybody can see."""
    mend = "look whether the server that answers has this database and this master_key"
    try:
        signer = await instance_signer(world)
        seen = keys_in(await outside.fetch_object(actor_uri, signer))
        pem = next((key.pem for key in seen if key.id == signer.key_uri and key.pem), None)
        if pem is None:
            return failed("signature", f"{actor_uri} does not show the key {signer.key_uri}", mend)
        inbox = parse_remote_url(f"{actor_uri}/inbox")
        body = b"{}"
        headers = {"Host": inbox.authority, **signer.sign("POST", inbox, body)}
        request = SignedRequest(
            "POST",
            inbox.path_query,
            RequestHeaders.of(headers.items()),
            body,
            {inbox.authority},
            world.settings.instance.scheme,
        )
        verify(read_signature(request.headers), request, load_public_pem(pem), world.clock.now())
    except BadSignature as error:
        return failed("signature", f"our own signature is not accepted: {_plain(error)}", mend)
    except FediUnionError as error:
        return failed("signature", f"the actor cannot be fetched: {_plain(error)}", mend)
    return well("signature", "what we sign is accepted with the key that others see")


def _plain(error: Exception) -> str:
    return str(error).rstrip(".")
