"""What is attached to posts."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class Attachment(Identified):
    """A picture, sound, film or file of a post. `position` orders them; sizes are pixels."""

    __tablename__ = "attachment"
    post_id: Mapped[int | None] = mapped_column(index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    kind: Mapped[str]
    media_type: Mapped[str] = mapped_column(default="")
    remote_url: Mapped[str | None]
    storage_key: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    blurhash: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    focal_x: Mapped[float | None]
    focal_y: Mapped[float | None]
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
