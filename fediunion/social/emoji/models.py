"""The emoji that this instance has; those of other servers stand in the posts and actors that use them."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class CustomEmoji(Identified):
    """A picture under a name. `file_name` and, where it moves, `still_name` name stored files.

    `shortcode_key` is the name in lower case: two that differ in case only would be taken for each other.
    """

    __tablename__ = "custom_emoji"
    shortcode: Mapped[str]
    shortcode_key: Mapped[str] = mapped_column(unique=True)
    file_name: Mapped[str]
    still_name: Mapped[str | None]
    category: Mapped[str] = mapped_column(default="")
    visible_in_picker: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
