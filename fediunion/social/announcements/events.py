"""What happens to announcements, for the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AnnouncementPublished:
    """All members are to be shown an announcement."""

    announcement_id: int


@dataclass(frozen=True)
class AnnouncementReacted:
    """Somebody reacted to an announcement with `name`, or took it back."""

    announcement_id: int
    name: str


@dataclass(frozen=True)
class AnnouncementWithdrawn:
    """An announcement is gone."""

    announcement_id: int
