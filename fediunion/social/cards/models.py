"""Previews of links, and which posts wait for one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class LinkCard(Identified):
    """What the page at `url` says about itself; `card` is empty where there is nothing to show.

    `card` has the keys of Post.card but for the address and the picture: `title`, `description`,
    `author_name`, `author_url`, `provider_name`, `language`, `published_at`, `image_description`.
    """

    __tablename__ = "link_card"
    url: Mapped[str] = mapped_column(unique=True)
    card: Mapped[dict[str, Any]] = mapped_column(default=dict)
    image_url: Mapped[str | None]
    fetched_at: Mapped[datetime]


class PostLink(Base):
    """A post that is shown with the preview of `url` once it is there."""

    __tablename__ = "post_link"
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    url: Mapped[str] = mapped_column(index=True)
