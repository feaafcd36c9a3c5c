"""Making the world of an instance from its settings."""

from fediunion import __version__
from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.activitypub.transport import AiohttpTransport, Transport
from fediunion.actors.unmade import ActorMakers
from fediunion.config import Settings
from fediunion.db import Surroundings, open_database
from fediunion.installed import actor_makers, archived_files, document_claims, reactions
from fediunion.kit.clock import Clock
from fediunion.social.archives.more import MoreFiles
from fediunion.world import World

WEB_STATEMENT_SECONDS = 5.0
WORKER_STATEMENT_SECONDS = 30.0


def open_world(
    settings: Settings,
    *,
    clock: Clock | None = None,
    transport: Transport | None = None,
    statement_seconds: float = WORKER_STATEMENT_SECONDS,
) -> World:
    """Return the world of the instance: nothing is read or asked yet; `await world.db.start()` begins.

    `clock` and `transport` are the machine's and the real network by default. Whoever opens it closes
    `world.client` and `world.db`. Other ports than the scheme's own are asked in development only (F04).
    """
    clock = clock or Clock(settings.clock_starts_at)
    federation = settings.federation
    policy = AddressPolicy(
        allow_http=federation.allow_http,
        allow_private=federation.allow_private_addresses,
        any_port=settings.is_development,
    )
    if transport is None:
        transport = AiohttpTransport(policy, str(federation.ca_file) if federation.ca_file else None)
    user_agent = f"FediUnion/{__version__} (+{settings.base_url}/)"
    client = Client(transport, policy, settings.authority, user_agent, clock)
    database = open_database(
        settings.database.url,
        Surroundings(settings, clock, reactions()),
        statement_seconds=statement_seconds,
    )
    world = World(settings, clock, database, client, document_claims())
    world.part(ActorMakers).makers = actor_makers()
    world.part(MoreFiles).sources = archived_files()
    world.watch_changes()
    return world
