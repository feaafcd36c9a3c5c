"""Who asks to see something."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Viewer:
    """Who asks: nobody known, a member of ours (`is_member`), or a remote actor who signed (`host` set).

    `host` is the authority of the remote actor's id. What the viewer may see is decided in queries.
    """

    actor_id: int | None = None
    host: str | None = None
    is_member: bool = False


ANONYMOUS: Final = Viewer()
