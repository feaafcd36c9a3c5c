"""An instance whose whole web side is there."""

from tests.social.media.conftest import ana, rig

__all__ = ["ana", "rig"]
