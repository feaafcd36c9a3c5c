"""What the features above put into archives."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from fediunion.feature import ArchivedFiles
from fediunion.kit.json import JsonObject
from fediunion.world import World


class MoreFiles:
    """Those of an instance; `sources` are set where its parts are put together."""

    def __init__(self, world: World) -> None:
        self.sources: Sequence[ArchivedFiles] = ()

    def load(self, session: Session, owner_id: int) -> dict[str, JsonObject]:
        """Return all that features have of a member, by name."""
        found: dict[str, JsonObject] = {}
        for source in self.sources:
            found |= source(session, owner_id)
        return found
