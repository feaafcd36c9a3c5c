"""After a 410, or the last 404: asking whether those who had the inbox are gone, before all is forgotten."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.signing import instance_signer
from fediunion.db import emit
from fediunion.kit.errors import BadDocument, Gone, NotFound, TooLarge
from fediunion.kit.json import JsonObject
from fediunion.outbox.events import InboxGone
from fediunion.world import World

ACTORS_ASKED = 50


async def confirm_gone(world: World, payload: JsonObject) -> None:
    """Fetch the actors that have `payload["inbox"]`; emit InboxGone for each that is gone as well.

    Raises Unreachable where a server does not answer, so that the job is run again later.
    Source: row L16; an inbox alone can be gone because a server was moved.
    """
    inbox_url = payload["inbox"]
    assert isinstance(inbox_url, str)
    actors = await world.db.read(_actors_with, inbox_url)
    if not actors:
        return
    signer = await instance_signer(world)
    for actor_id, uri in actors:
        try:
            await world.client.fetch_object(uri, signer)
        except (Gone, NotFound):
            await world.db.write(emit, InboxGone(actor_id, uri, inbox_url))
        except (BadDocument, TooLarge):
            # It answers, if badly: it is not gone.
            continue


def _actors_with(session: Session, inbox_url: str) -> list[tuple[int, str]]:
    rows = session.execute(
        select(Actor.id, Actor.uri)
        .where(
            or_(Actor.inbox_url == inbox_url, Actor.shared_inbox_url == inbox_url),
            Actor.local.is_(False),
            Actor.deleted_at.is_(None),
        )
        .order_by(Actor.id)
        .limit(ACTORS_ASKED)
    )
    return [(row.id, row.uri) for row in rows]
