"""Publishing what waited for its moment."""

from typing import Final

from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.unpublished.service import publish_due, set_aside
from fediunion.world import World

_GONE: Final = Sentence("Something that it needs is not there any more.")
_REFUSED: Final = Sentence("It is not allowed as it is.")


async def publish_scheduled(world: World, payload: JsonObject) -> None:
    """Job: publish a post whose moment has come; where it cannot be, it becomes a draft that says why."""
    try:
        await world.db.write(publish_due, payload["row_id"])
    except (Invalid, NotAllowed, NotFound) as error:
        await world.db.write(set_aside, payload["row_id"], _reason_of(error))


def _reason_of(error: Invalid | NotAllowed | NotFound) -> Sentence:
    """Return why, for the member; what is said otherwise is for logs."""
    said = sentence_of(error)
    if isinstance(said, Sentence):
        return said
    return _GONE if isinstance(error, NotFound) else _REFUSED
