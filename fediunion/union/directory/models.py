"""What other unions say of themselves beside their name."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class DescribedUnion(Identified):
    """What a union's own document says of it: its level, sector and region, each "" where it does not say.

    `asked_at` is when it was asked last, whether it answered or not.
    """

    __tablename__ = "described_union"
    uri: Mapped[str] = mapped_column(unique=True)
    level: Mapped[str] = mapped_column(default="")
    sector: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
