"""Pages that administrators write."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class OwnPage(Identified):
    """A page at /pages/{slug}, for everybody. `source` is Markdown, `content` the clean HTML made of it."""

    __tablename__ = "own_page"
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    source: Mapped[str]
    content: Mapped[str]
    changed_at: Mapped[datetime]
