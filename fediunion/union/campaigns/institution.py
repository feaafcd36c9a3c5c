"""The actor that puts a union's calls, where no other institution does: made when it is first needed."""

import asyncio
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys, make_keys
from fediunion.actors.models import ActorKind
from fediunion.actors.queries import find_local_actor
from fediunion.actors.service import create_local_actor
from fediunion.db import settings_of
from fediunion.kit.catalogues import first_language, translated
from fediunion.kit.sentences import Sentence
from fediunion.social.institutions.queries import get_institution_named
from fediunion.social.moderation.audit import record_audit
from fediunion.world import World

CAMPAIGNS_NAME: Final = "campaigns"


async def campaign_institution(world: World, name: str = CAMPAIGNS_NAME, *, by: str) -> int:
    """Return the number of the institution that puts calls; the usual one is made where it is not there.

    Raises NotFound for another `name` that is no institution of ours.
    """
    if name != CAMPAIGNS_NAME or await world.db.read(find_local_actor, CAMPAIGNS_NAME) is not None:
        return (await world.db.read(get_institution_named, name)).id
    keys = await asyncio.to_thread(make_keys, world.settings)
    return await world.db.write(_make, keys, by)


def _make(session: Session, keys: NewKeys, by: str) -> int:
    known = find_local_actor(session, CAMPAIGNS_NAME)
    if known is not None:
        return known.id
    instance = settings_of(session).instance
    title = translated(
        Sentence("%(union)s: campaigns", union=instance.title), first_language(*instance.languages)
    )
    actor = create_local_actor(
        session, kind=ActorKind.FEED, username=CAMPAIGNS_NAME, display_name=title, keys=keys
    )
    record_audit(session, by=by, action="institution.create", subject=actor.uri)
    return actor.id
