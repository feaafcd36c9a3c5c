"""What is attached to posts, and the files that are stored for members."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified

READY = "ready"
WORKING = "working"
FAILED = "failed"


class Attachment(Identified):
    """A picture, sound, film or file of a post. `position` orders them; sizes are pixels.

    Ours name their files (`file_name`, `thumbnail_name`: StoredFile.name), remote ones a `remote_url`. The
    owner is who uploaded it, or wrote the remote post.
    An upload has no `post_id` until it is posted, and goes at `expires_at`, unless a post that is not
    published yet holds it. `state` is "working" until
    its files are there, "failed" where they never will be.
    """

    __tablename__ = "attachment"
    post_id: Mapped[int | None] = mapped_column(index=True)
    held_by_id: Mapped[int | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    kind: Mapped[str]
    media_type: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=READY)
    remote_url: Mapped[str | None]
    file_name: Mapped[str | None]
    thumbnail_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    blurhash: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    thumbnail_width: Mapped[int | None]
    thumbnail_height: Mapped[int | None]
    seconds: Mapped[float | None]
    focal_x: Mapped[float | None]
    focal_y: Mapped[float | None]
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)


class StoredFile(Identified):
    """A file of a member in the store.

    `name` is the end of its address: 128 random bits and how such files end; whatever it belonged to is
    deleted, it gets another one, and the old address leads nowhere. `place` is where the store has it.
    `ready` once it is there for good; `shared` where anybody may see it, and caches may keep it. It is
    removed at `expires_at`; the row stays an hour longer than the upload, for the count of uploads.
    """

    __tablename__ = "stored_file"
    name: Mapped[str] = mapped_column(unique=True)
    place: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    ready: Mapped[bool] = mapped_column(default=False)
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (Index("ix_stored_file_owner", "owner_id", "created_at"),)
