"""Pages that administrators write, and how all pages look."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class OwnPage(Identified):
    """A page at /pages/{slug}, for everybody. `source` is Markdown, `content` the clean HTML made of it."""

    __tablename__ = "own_page"
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    source: Mapped[str]
    content: Mapped[str]
    changed_at: Mapped[datetime]


class Appearance(Base):
    """How the pages look, one row: `brand` is a colour as #rrggbb or "", `logo_url` a picture stored here."""

    __tablename__ = "appearance"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand: Mapped[str] = mapped_column(default="")
    logo_url: Mapped[str | None]
