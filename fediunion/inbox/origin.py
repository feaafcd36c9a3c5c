"""Asking the origin: what one activity may fetch, within the limits of row F31."""

from contextlib import AbstractAsyncContextManager
from typing import Final

from fediunion.activitypub.authority import authors_of, check_fetched, is_ours
from fediunion.activitypub.client import Signer
from fediunion.activitypub.fetch_budget import FetchBudget, Share
from fediunion.activitypub.parse import parse_activity, parse_object
from fediunion.activitypub.vocab import (
    Activity,
    ActorDocument,
    Create,
    Delete,
    Link,
    Object,
    PostDocument,
    Tombstone,
    Update,
)
from fediunion.actors.domains import host_blocked
from fediunion.actors.remote import refresh_actor, resolve_actor
from fediunion.actors.signing import instance_signer
from fediunion.inbox.relevance import OpenHere
from fediunion.inbox.turns import PATIENT, Turns
from fediunion.kit.errors import Gone, NotAllowed, NotFound, Refused
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import authority_of, owner_domain, same_origin
from fediunion.world import World

MOST_FETCHES: Final = 20
MOST_FROM_ONE_DOMAIN: Final = 240
_MOST_IN_A_MINUTE: Final = 1_200
_AT_ONCE: Final = 16
_SHARES: Final = 4


class ObjectFetches:
    """How much may be asked of others in a minute; one object for an instance (row F31).

    Without it a sender could have us knock at a third server as often as it writes to us. One domain may
    cause a quarter of what may be asked of others, of all and of each, so that nobody is in the way of other
    senders; what a server has us ask of itself has room of its own.
    """

    def __init__(self, world: World) -> None:
        most, of_one_domain = _MOST_IN_A_MINUTE, MOST_FROM_ONE_DOMAIN
        share = Share(most // _SHARES, max(1, of_one_domain // _SHARES))
        self._of_others, self._of_itself = (
            FetchBudget(
                world.clock,
                per_minute=most,
                per_domain_per_minute=of_one_domain,
                per_domain_at_once=_AT_ONCE,
                share=each,
            )
            for each in (share, None)
        )

    def slot(self, url: str, cause: str = "") -> AbstractAsyncContextManager[None]:
        """Hold one of the places while a fetch of `url` runs; raises as FetchBudget.slot.

        `cause` is the registrable domain of who has us ask; "" is ourselves.
        """
        itself = owner_domain(authority_of(url)) == cause
        return (self._of_itself if itself else self._of_others).slot(url, cause)


class Errand:
    """The fetches that one activity is worth: at most twenty documents and actors, each once.

    Nothing of it comes from elsewhere than the server that is named, so that no redirect is followed to
    another: who sent the activity could have us wait there (row F39). `turns` are shared with those who fetch
    at the same time. `open_here` says which of the posts that we have anybody may read; without it none of
    them. `cause` is the registrable domain of who sent the activity.
    """

    def __init__(
        self,
        world: World,
        turns: Turns | None = None,
        open_here: OpenHere | None = None,
        *,
        cause: str = "",
    ) -> None:
        self._world = world
        self._cause = cause
        self._open_here = open_here
        self._turns = turns or Turns(world, PATIENT)
        self._left = MOST_FETCHES
        self._signer: Signer | None = None

    async def fetch(self, uri: str) -> Object:
        """Return the document of `uri` from its own origin.

        Raises as Client.fetch_object and Turns.at, Refused, NotAllowed for a blocked server, and Unreachable
        where its server was asked too often.
        """
        if is_ours(uri, self._world.settings.authority):
            raise Refused(f"{uri} does not exist", reason="no-such-object")
        if await host_blocked(self._world, authority_of(uri)):
            raise NotAllowed(f"{authority_of(uri)} is blocked", reason="blocked")
        self._spend(uri)
        if self._signer is None:
            self._signer = await instance_signer(self._world)
        async with self._turns.at(uri, self._cause), self._world.part(ObjectFetches).slot(uri, self._cause):
            fetched = await self._world.client.fetch_object(uri, self._signer, within_origin=True)
        document = parse_object(fetched, claims=self._world.claims)
        check_fetched(document, uri)
        return document

    async def know_actor(self, uri: str) -> None:
        """Make sure that there is a row of the actor. Raises as resolve_actor and Turns.at."""
        self._spend(uri)
        async with self._turns.at(uri, self._cause):
            await resolve_actor(self._world, uri, within_origin=True)

    async def see_actor_again(self, uri: str) -> None:
        """Have the row of the actor say what its server says now. Raises as refresh_actor and Turns.at."""
        self._spend(uri)
        async with self._turns.at(uri, self._cause):
            await refresh_actor(self._world, uri, within_origin=True)

    async def true_activity(self, claimed: Activity) -> Activity:
        """Return what the origin says of an activity that its sender could not prove.

        Of a Create or Update the object is fetched, and its own author acts. A Delete is true when the object
        is gone: 410, a Tombstone, and 404 too of what anybody could read (Mastodon answers so for a deleted
        post; of others it may mean that it is not shown to us). Others are fetched by their id. What was
        delivered is used for nothing else. Raises Refused where the origin says otherwise, and as `fetch`.
        """
        if isinstance(claimed, Create | Update):
            return self._as_published(type(claimed), await self.fetch(claimed.object.id))
        if isinstance(claimed, Delete):
            return await self._as_deleted(claimed)
        if "#" in claimed.id:
            raise Refused(f"{claimed.id} cannot be asked for at its origin", reason="not-believed")
        found = await self.fetch(claimed.id)
        if not isinstance(found, Activity) or (type(found), found.actor) != (type(claimed), claimed.actor):
            raise Refused(f"{claimed.id} is something else at its origin", reason="not-believed")
        return found

    def _as_published(self, kind: type[Activity], document: Object) -> Activity:
        """Return the activity by which the author of a fetched document published it."""
        if isinstance(document, ActorDocument):
            author = document.id
        elif isinstance(document, PostDocument) and authors_of(document):
            author = authors_of(document)[0]
        else:
            raise Refused(f"{document.id} names no author", reason="not-believed")
        raw: JsonObject = {
            "id": f"{document.id}#{kind.type_name.lower()}",
            "type": kind.type_name,
            "actor": author,
            "object": document.raw,
            **{name: document.raw[name] for name in ("@context", "to", "cc") if name in document.raw},
        }
        return parse_activity(raw, claims=self._world.claims)

    async def _as_deleted(self, claimed: Activity) -> Activity:
        uri = claimed.object.id
        try:
            found: Object | None = await self.fetch(uri)
        except Gone:
            found = None
        except NotFound:
            if self._open_here is None or not await self._world.db.read(self._open_here, uri):
                raise
            found = None
        if found is not None and not isinstance(found, Tombstone):
            raise Refused(f"{uri} is still there", reason="not-believed")
        if not same_origin(uri, claimed.actor):
            raise Refused(f"{uri} is not on the server of {claimed.actor}", reason="not-the-owner")
        return Delete(
            id=f"{uri}#delete",
            type="Delete",
            raw={"id": f"{uri}#delete", "type": "Delete", "actor": claimed.actor, "object": uri},
            actor=claimed.actor,
            object=Link(id=uri, type="Link", raw={"id": uri}),
        )

    def _spend(self, uri: str) -> None:
        if self._left == 0:
            raise Refused(f"It takes too many fetches; the next would be {uri}", reason="too-many-fetches")
        self._left -= 1
