"""WebFinger: the document we serve, and finding the actor that a handle means."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from urllib.parse import quote
from xml.etree import ElementTree

from fediunion.activitypub.addresses import is_localhost_name
from fediunion.activitypub.client import Client
from fediunion.activitypub.media_types import ACTIVITY_JSON, LD_JSON_PROFILE, is_activity_type
from fediunion.kit.errors import BadDocument, NotFound, Unreachable
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import parse_remote_url

JRD_TYPE: Final = "application/jrd+json"
INTENT_REL: Final = "https://w3id.org/fep/3b86/"
SUBSCRIBE_REL: Final = "http://ostatus.org/schema/1.0/subscribe"
PROFILE_REL: Final = "http://webfinger.net/rel/profile-page"

_USER = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.~-]*[A-Za-z0-9_~-])?")
_MAX_JRD_BYTES = 65_536
_MAX_TEMPLATE_LENGTH = 2048


@dataclass(frozen=True, slots=True)
class WebfingerAnswer:
    """What a handle means.

    `subject` is `user@host[:port]` as its own server spells it, `actor_uri` the id to fetch. The
    actor's document must name the handle in turn before it is shown as this actor's.
    `templates` are addresses with a place to fill in, by link relation: FEP-3b86 intents and the
    OStatus `subscribe` link, for sending a visitor to their own server.
    """

    subject: str
    actor_uri: str
    templates: Mapping[str, str] = field(default_factory=dict)


def jrd_document(
    subject: str,
    actor_uri: str,
    *,
    profile_url: str | None = None,
    aliases: Sequence[str] = (),
    templates: Mapping[str, str] | None = None,
) -> JsonObject:
    """Return the JRD of an actor of ours, `subject` as `user@host`.

    `self` is given in both media types, since some peers look for one and some for the other.
    Source: RFC 7033 section 4.4, https://swicg.github.io/activitypub-webfinger/
    """
    links: list[JsonObject] = [
        {"rel": "self", "type": ACTIVITY_JSON, "href": actor_uri},
        {"rel": "self", "type": LD_JSON_PROFILE, "href": actor_uri},
    ]
    if profile_url is not None:
        links.append({"rel": PROFILE_REL, "type": "text/html", "href": profile_url})
    links.extend(_way_in(rel, template) for rel, template in (templates or {}).items())
    known = dict.fromkeys([actor_uri, *([profile_url] if profile_url else []), *aliases])
    return {"subject": f"acct:{subject}", "aliases": list(known), "links": links}


def _way_in(rel: str, template: str) -> JsonObject:
    """Return the link of a template. FEP-3b86 names it `href`; its first version, and OStatus, `template`."""
    link: JsonObject = {"rel": rel, "template": template}
    return link | {"href": template} if rel.startswith(INTENT_REL) else link


def self_link(jrd: JsonObject) -> str | None:
    """Return the first `self` address with an ActivityPub media type in any spelling; None without one.

    Addresses that are not http(s) do not count.
    """
    for link in _links(jrd):
        media_type, href = link.get("type"), link.get("href")
        if link.get("rel") != "self" or not isinstance(media_type, str) or not is_activity_type(media_type):
            continue
        if isinstance(href, str) and _is_address(href):
            return href
    return None


def parse_acct(text: str) -> tuple[str, str]:
    """Return user and `host[:port]` (lower-case ASCII) of `user@host`, `@user@host` or `acct:user@host`.

    Raises BadDocument for anything else.
    """
    user, at, host = text.strip().removeprefix("acct:").removeprefix("@").partition("@")
    if not at or len(user) > 512 or not _USER.fullmatch(user):
        raise BadDocument("a handle is not of the form user@host", reason="bad-handle")
    address = parse_remote_url(f"https://{host}/")
    if address.path_query != "/" or address.fragment:
        raise BadDocument("a handle is not of the form user@host", reason="bad-handle")
    return user, address.authority


Elsewhere: TypeAlias = Callable[[str], AbstractAsyncContextManager[None]]
"""(address): held while a server is asked that the one which was asked first names instead of itself."""


def _freely(_url: str) -> AbstractAsyncContextManager[None]:
    return nullcontext()


async def find_actor_uri(client: Client, acct: str, *, elsewhere: Elsewhere = _freely) -> WebfingerAnswer:
    """Return which actor the handle `user@host` means, after at most two lookups.

    A host may name another subject once (`@x@union.org` served from `fedi.union.org`); that one
    must then name itself. Raises NotFound, BadDocument, AddressRefused and Unreachable, and what `elsewhere`
    raises. Source: RFC 7033; the rule of one hop is Mastodon's.
    """
    asked = _normal(acct)
    jrd = await _look_up(client, asked, elsewhere)
    subject = _subject(jrd, otherwise=asked)
    if not _is_same(subject, asked):
        asked = subject
        async with elsewhere(f"https://{parse_acct(asked)[1]}/"):
            jrd = await _look_up(client, asked, _freely)
        subject = _subject(jrd, otherwise=asked)
        if not _is_same(subject, asked):
            raise BadDocument(f"the handle {asked} leads on to {subject}", reason="webfinger-mismatch")
    actor_uri = self_link(jrd)
    if actor_uri is None:
        raise BadDocument(f"the handle {asked} names no ActivityPub actor", reason="no-self-link")
    client.policy.check_url(parse_remote_url(actor_uri))
    return WebfingerAnswer(subject, actor_uri, _templates(jrd))


async def _look_up(client: Client, acct: str, elsewhere: Elsewhere) -> JsonObject:
    resource = quote(f"acct:{acct}", safe="@:")
    _, authority = parse_acct(acct)
    last: Unreachable | None = None
    for scheme in _schemes(client, authority):
        origin = f"{scheme}://{authority}"
        try:
            return await _fetch_jrd(client, f"{origin}/.well-known/webfinger?resource={resource}")
        except NotFound:
            template = await _lrdd_template(client, f"{origin}/.well-known/host-meta")
            address = template.replace("{uri}", quote(f"acct:{acct}", safe=""))
            async with elsewhere(address):
                return await _fetch_jrd(client, address)
        except Unreachable as error:
            if error.status is not None:
                raise
            last = error
    raise last or NotFound(f"{acct} was not found")


def _schemes(client: Client, authority: str) -> tuple[str, ...]:
    if not client.policy.allow_http:
        return ("https",)
    host = parse_remote_url(f"https://{authority}/").host
    return ("http", "https") if is_localhost_name(host) else ("https", "http")


async def _fetch_jrd(client: Client, url: str) -> JsonObject:
    fetched = await client.fetch_json(
        url, accept=f"{JRD_TYPE}, application/json", expect="jrd", max_bytes=_MAX_JRD_BYTES
    )
    return fetched.document


async def _lrdd_template(client: Client, url: str) -> str:
    """Return the address template that host-meta names; raises NotFound. Source: RFC 6415 section 3."""
    response, _ = await client.fetch(
        url, accept="application/xrd+xml, application/xml", max_bytes=_MAX_JRD_BYTES
    )
    try:
        text = response.body.decode("utf-8")
        # Without a document type there are no entities to expand.
        if "<!" in text.replace("<!--", ""):
            raise BadDocument(f"{url} has a document type", reason="host-meta")
        root = ElementTree.fromstring(text)  # noqa: S314 - nothing can be declared or expanded without a DTD
    except (ValueError, ElementTree.ParseError) as error:
        raise BadDocument(f"{url} is not XML", reason="host-meta") from error
    for element in root.iter():
        template = element.get("template", "")
        if element.get("rel") == "lrdd" and "{uri}" in template:
            return template
    raise NotFound(f"{url} names no template")


def _normal(acct: str) -> str:
    user, authority = parse_acct(acct)
    return f"{user}@{authority}"


def _subject(jrd: JsonObject, *, otherwise: str) -> str:
    subject = jrd.get("subject")
    if not isinstance(subject, str) or not subject.startswith("acct:"):
        return otherwise
    return _normal(subject)


def _is_same(a: str, b: str) -> bool:
    return a.lower() == b.lower()


def _links(jrd: JsonObject) -> Iterator[JsonObject]:
    links = jrd.get("links")
    return (link for link in links if isinstance(link, dict)) if isinstance(links, list) else iter(())


def _templates(jrd: JsonObject) -> dict[str, str]:
    templates: dict[str, str] = {}
    for link in _links(jrd):
        rel, template = link.get("rel"), link.get("template", link.get("href"))
        if not isinstance(rel, str) or not isinstance(template, str) or len(template) > _MAX_TEMPLATE_LENGTH:
            continue
        if (rel == SUBSCRIBE_REL or rel.startswith(INTENT_REL)) and _is_address(template.partition("{")[0]):
            templates.setdefault(rel, template)
    return templates


def _is_address(text: str) -> bool:
    try:
        parse_remote_url(text)
    except BadDocument:
        return False
    return True
