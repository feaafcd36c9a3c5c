"""Posts that are not published yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class UnpublishedPost(Identified):
    """What a member wants to publish at `publish_at`; without one it is a draft.

    `wish` is a `wishes.PostWish` as JSON. `problem` says, as `sentences.kept` wrote it, why it could not be
    published when its moment came, and so became a draft. `application_id` is the app that made it,
    `idempotency` the key it came with.
    """

    __tablename__ = "unpublished_post"
    owner_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    publish_at: Mapped[datetime | None]
    wish: Mapped[dict[str, Any]]
    problem: Mapped[str] = mapped_column(default="")
    application_id: Mapped[int | None]
    idempotency: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index("ix_unpublished_post_owner", "owner_id", "id"),)
