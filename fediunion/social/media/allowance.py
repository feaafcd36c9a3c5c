"""How much a member may upload in an hour, by whatever door (M16)."""

from typing import Final

from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, TooManyAttempts, count_attempts
from fediunion.social.media.queries import count_recent_uploads
from fediunion.world import World

_RETRY_SECONDS: Final = 600
_AN_HOUR_SECONDS: Final = 3600


async def check_uploads_left(world: World, owner_id: int) -> None:
    """Raise TooManyAttempts for a member who uploaded as much as may be in an hour.

    Files that are stored are counted by the hour that has passed; tries also by themselves, as one that
    breaks stores nothing and costs the most, and those that come together have stored nothing yet.
    With each file goes a thumbnail.
    """
    most = world.settings.media.uploads_per_hour
    if await world.db.read(count_recent_uploads, owner_id) >= 2 * most:
        raise TooManyAttempts(Sentence("Too much was uploaded."), retry_after_seconds=_RETRY_SECONDS)
    await world.db.write(count_attempts, [Allowance("upload", str(owner_id), most, _AN_HOUR_SECONDS)])
