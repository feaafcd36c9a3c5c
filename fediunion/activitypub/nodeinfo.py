"""NodeInfo: what a server says about its software and size."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from fediunion.activitypub.client import Client
from fediunion.kit.errors import AddressRefused, BadDocument, Gone, NotFound, TooLarge, Unreachable
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import parse_remote_url, registrable_domain

SCHEMA: Final = "http://nodeinfo.diaspora.software/ns/schema/"

Version = Literal["2.0", "2.1"]

_SCHEMA_LINK = re.compile(r"https?://nodeinfo\.diaspora\.software/ns/schema/(2\.[0-9])")
_MAX_BYTES = 65_536
_MAX_WORD_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Software:
    """What runs a server; `name` in lower-case letters, digits and hyphens."""

    name: str
    version: str
    repository: str | None = None
    homepage: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """How many people and posts there are; None is not told."""

    members: int | None = None
    active_half_year: int | None = None
    active_month: int | None = None
    posts: int | None = None


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """All that our NodeInfo documents say."""

    software: Software
    open_registrations: bool = False
    usage: Usage = Usage()
    metadata: Mapping[str, object] = field(default_factory=dict)
    protocols: Sequence[str] = ("activitypub",)


def nodeinfo_links(origin: str) -> JsonObject:
    """Return the document at `/.well-known/nodeinfo`, which names the others, newest first."""
    return {
        "links": [
            {"rel": f"{SCHEMA}{version}", "href": f"{origin}/nodeinfo/{version}"}
            for version in ("2.1", "2.0")
        ]
    }


def nodeinfo_document(version: Version, facts: NodeFacts) -> JsonObject:
    """Return the NodeInfo document of one version. Source: https://nodeinfo.diaspora.software/schema.html"""
    software: JsonObject = {"name": facts.software.name, "version": facts.software.version}
    if version == "2.1":
        software |= _told(repository=facts.software.repository, homepage=facts.software.homepage)
    usage = facts.usage
    users = _told(total=usage.members, activeHalfyear=usage.active_half_year, activeMonth=usage.active_month)
    return {
        "version": version,
        "software": software,
        "protocols": list(facts.protocols),
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": facts.open_registrations,
        "usage": {"users": users} | _told(localPosts=usage.posts),
        "metadata": dict(facts.metadata),
    }


async def fetch_software(client: Client, authority: str) -> tuple[str, str] | None:
    """Return name (lower-case) and version of the software at `host[:port]`, each at most 64 characters.

    None where it does not tell, tells badly, or points to somebody else's host or a private address.
    Raises Unreachable where asking again later may work.
    """
    last: Unreachable | None = None
    for scheme in ("https", "http") if client.policy.allow_http else ("https",):
        try:
            return await _fetch_software(client, f"{scheme}://{authority}")
        except (NotFound, Gone, BadDocument, TooLarge, AddressRefused):
            return None
        except Unreachable as error:
            if error.status is not None:
                raise
            last = error
    if last is not None:
        raise last
    return None


async def _fetch_software(client: Client, origin: str) -> tuple[str, str] | None:
    links = await _fetch_json(client, f"{origin}/.well-known/nodeinfo")
    href = _newest_link(links)
    if href is None:
        return None
    target, host = parse_remote_url(href), parse_remote_url(origin).host
    if registrable_domain(target.host) != registrable_domain(host):
        return None
    software = (await _fetch_json(client, href)).get("software")
    if not isinstance(software, dict):
        return None
    name, version = software.get("name"), software.get("version")
    if not isinstance(name, str) or not name.strip() or not isinstance(version, str):
        return None
    return name.strip().lower()[:_MAX_WORD_LENGTH], version.strip()[:_MAX_WORD_LENGTH]


async def _fetch_json(client: Client, url: str) -> JsonObject:
    fetched = await client.fetch_json(url, accept="application/json", expect="json", max_bytes=_MAX_BYTES)
    return fetched.document


def _newest_link(document: JsonObject) -> str | None:
    links = document.get("links")
    found: dict[str, str] = {}
    for link in links if isinstance(links, list) else ():
        if not isinstance(link, dict):
            continue
        rel, href = link.get("rel"), link.get("href")
        if isinstance(rel, str) and isinstance(href, str) and (schema := _SCHEMA_LINK.fullmatch(rel)):
            found.setdefault(schema[1], href)
    return found[max(found)] if found else None


def _told(**members: object) -> JsonObject:
    return {name: value for name, value in members.items() if value is not None}
