"""Every address that answers a GET, from the route tables, with something of somebody in each place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.routing import Route

from fediunion.api.routes import ENDPOINTS
from fediunion.installed import routes

DOCUMENT: Final = "application/activity+json"
PAGE: Final = "text/html"
API: Final = "application/json"

_DOCUMENTS: Final = ("/actors", "/contexts", "/media", "/nodeinfo", "/.well-known", "/ns")
_ENDLESS: Final = re.compile(r"/live(/|$)")
_OF_A_POST: Final = re.compile(r"(statuses|posts|polls|compose)/\{")


@dataclass(frozen=True)
class Things:
    """What is put in: a member, the ids and slugs of posts (also private ones), a hashtag."""

    name: str
    account_id: str
    post_ids: Sequence[str]
    slugs: Sequence[str]
    tag: str
    base: str


def addresses(things: Things) -> Iterator[tuple[str, str]]:
    """Yield addresses, with what is accepted there. Streams are left out: they do not end."""
    for endpoint in ENDPOINTS:
        if endpoint.method == "GET" and "streaming" not in endpoint.path:
            for path in _filled(re.sub(r":(\w+)", r"{\1}", endpoint.path), things):
                yield path, API
    for route in routes():
        if isinstance(route, Route) and "GET" in (route.methods or ()) and not _ENDLESS.search(route.path):
            is_document = route.path.startswith(_DOCUMENTS)
            for path in _filled(re.sub(r":\w+\}", "}", route.path), things):
                if not is_document:
                    yield path, PAGE
                if is_document or "@{" in route.path:
                    yield path, DOCUMENT
    for kind in ("search", "accounts/search"):
        for words in (things.name, things.tag):
            yield f"/api/v{2 if kind == 'search' else 1}/{kind}?resolve=true&q={words}", API
            yield f"/search?q={words}", PAGE
    yield f"/api/v1/accounts/lookup?acct={things.name}", API
    yield "/api/v1/statuses?" + "&".join(f"id[]={each}" for each in things.post_ids), API
    yield f"/.well-known/webfinger?resource={things.base}/@{things.name}", API
    for slug in things.slugs:
        url = f"{things.base}/@{things.name}/{slug}"
        yield f"/api/oembed?url={url}", API
        yield f"/api/v2/search?resolve=true&q={url}", API
        yield f"/search?q={url}", PAGE
        yield f"/authorize_interaction?uri={url}", PAGE


def _filled(path: str, things: Things) -> Iterator[str]:
    named = path.replace("{name}", things.tag if "tags" in path else things.name)
    named = named.replace("{hashtag}", things.tag).replace("{tag}", things.tag)
    if "{slug}" in named:
        yield from (named.replace("{slug}", slug) for slug in things.slugs)
    elif re.search(r"accounts/\{", named):
        yield re.sub(r"\{\w+\}", things.account_id, named)
    elif _OF_A_POST.search(named):
        yield from (re.sub(r"\{\w+\}", post_id, named) for post_id in things.post_ids)
    elif "{" in named:
        yield re.sub(r"\{\w+\}", things.post_ids[0], named)
    else:
        yield named
