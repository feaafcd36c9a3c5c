"""GET /.well-known/webfinger: which actor of ours a handle or address means, rendered once."""

from typing import Any, Final
from urllib.parse import parse_qsl

from sqlalchemy.orm import Session

from fediunion.activitypub.webfinger import INTENT_REL, JRD_TYPE, SUBSCRIBE_REL, jrd_document
from fediunion.actors.actor_app import KEPT_ACTORS, KEPT_SECONDS
from fediunion.actors.answers import METHOD_NOT_ALLOWED, NOT_FOUND, Answer, answer_error, answer_json
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.names import INSTANCE_NAME
from fediunion.actors.queries import find_visible_local_actor
from fediunion.actors.unmade import make_if_wanted
from fediunion.config import FederationMode, Settings
from fediunion.db import settings_of
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.kit.errors import Invalid
from fediunion.kit.json import JsonObject
from fediunion.world import World

PATH: Final = "/.well-known/webfinger"
_LONGEST_RESOURCE: Final = 2048
_TYPE: Final = "https://www.w3.org/ns/activitystreams#type"
_NO_RESOURCE: Final = answer_error(Invalid("WebFinger needs one `resource`."))


def webfinger_app(world: World) -> AsgiApp:
    """Return the ASGI app that answers WebFinger, on the host of handles and on that of addresses alike."""
    settings = world.settings
    hosts = settings.authority
    roots = tuple(f"{settings.instance.scheme}://{host}" for host in hosts)

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await METHOD_NOT_ALLOWED.send(send)
            return
        answer = await answered(scope)
        await answer.send(send, head=scope["method"] == "HEAD")

    async def answered(scope: Message) -> Answer:
        if settings.federation.mode is FederationMode.OFF:
            return NOT_FOUND
        resource = _resource_in(scope)
        if not resource:
            return _NO_RESOURCE
        name = name_in_resource(resource, hosts, roots)
        if name is None:
            return NOT_FOUND
        cache = world.cache("actors", KEPT_ACTORS, KEPT_SECONDS)
        found = await cache.load(("webfinger", name), lambda: world.db.read(_render, name))
        if found is None and await make_if_wanted(world, name):
            found = await world.db.read(_render, name)
        return found or NOT_FOUND

    return app


def name_in_resource(resource: str, hosts: frozenset[str], roots: tuple[str, ...]) -> str | None:
    """Return the name of the actor of ours that a resource asks for; None where it is not one of ours.

    `acct:name@host` (also without `acct:`), the address of the actor or of its page, and for the instance
    actor `acct:host@host` and the address of the server. Source: RFC 7033, FEP-d556.
    """
    for root in roots:
        if resource.startswith(root):
            path = resource[len(root) :].rstrip("/")
            if not path:
                return INSTANCE_NAME
            for prefix in ("/actors/", "/@"):
                if path.startswith(prefix):
                    return path.removeprefix(prefix).lower()
    name, at, host = resource.removeprefix("acct:").removeprefix("@").rpartition("@")
    if not at or host.lower() not in hosts:
        return None
    return INSTANCE_NAME if name.lower() in hosts else name.lower()


def webfinger_document(actor: Actor, settings: Settings) -> JsonObject:
    """Return the JRD of an actor of ours, with where its people act on what they see elsewhere (FEP-3b86)."""
    instance = actor.kind == ActorKind.INSTANCE
    jrd = jrd_document(
        f"{actor.username}@{actor.handle_host}",
        actor.uri,
        profile_url=actor.url,
        aliases=[settings.base_url] if instance else [],
        templates=None if instance else _templates(settings),
    )
    kind = {_TYPE: f"https://www.w3.org/ns/activitystreams#{actor.wire_type}"}
    links: Any = jrd["links"]
    return jrd | {"links": [link | {"properties": kind} if link["rel"] == "self" else link for link in links]}


def _templates(settings: Settings) -> dict[str, str]:
    interact = f"{settings.base_url}/authorize_interaction?uri="
    return {
        SUBSCRIBE_REL: f"{interact}{{uri}}",
        f"{INTENT_REL}Object": f"{interact}{{object}}",
        f"{INTENT_REL}Follow": f"{interact}{{object}}&intent=follow",
        f"{INTENT_REL}Announce": f"{interact}{{object}}&intent=announce",
        f"{INTENT_REL}Like": f"{interact}{{object}}&intent=like",
        f"{INTENT_REL}Create": f"{settings.base_url}/share?text={{content}}",
    }


def _resource_in(scope: Message) -> str:
    query: Any = scope.get("query_string", b"")
    try:
        pairs = parse_qsl(query.decode("ascii"), max_num_fields=20, errors="strict")
    except ValueError:
        return ""
    found = [value for name, value in pairs if name == "resource"]
    return found[0].strip() if len(found) == 1 and len(found[0]) <= _LONGEST_RESOURCE else ""


def _render(session: Session, name: str) -> Answer | None:
    actor = find_visible_local_actor(session, name)
    if actor is None or actor.deleted_at is not None:
        return None
    return answer_json(webfinger_document(actor, settings_of(session)), JRD_TYPE)
