"""All checks, in the order in which one would look."""

from pathlib import Path

from fediunion import __version__
from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.activitypub.transport import AiohttpTransport, Transport
from fediunion.app.doctor.findings import Finding, Result
from fediunion.app.doctor.machine import look_at_backups, look_at_database, look_at_files
from fediunion.app.doctor.outside import look_from_outside
from fediunion.world import World


async def examine(world: World, config_file: Path, transport: Transport | None = None) -> list[Finding]:
    """Return what all checks say; `transport` is the real network by default. Nothing is changed."""
    findings = list(look_at_files(world.settings, config_file))
    database = await look_at_database(world)
    findings += [*database, *look_at_backups(world)]
    if any(each.result is Result.FAILED for each in database):
        # Without its rows the instance has no keys to sign with, and nobody answers for it.
        return findings
    policy = _policy_of(world)
    federation = world.settings.federation
    ca_file = str(federation.ca_file) if federation.ca_file else None
    outside = Client(
        transport or AiohttpTransport(policy, ca_file),
        policy,
        frozenset(),
        f"FediUnion/{__version__} (+{world.settings.base_url}/)",
        world.clock,
    )
    try:
        findings += await look_from_outside(world, outside)
    finally:
        await outside.close()
    return findings


def _policy_of(world: World) -> AddressPolicy:
    federation = world.settings.federation
    return AddressPolicy(
        allow_http=federation.allow_http,
        allow_private=federation.allow_private_addresses,
        any_port=world.settings.is_development,
    )
