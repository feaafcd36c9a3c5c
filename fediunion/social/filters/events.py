"""What happens to filters, for the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FiltersChanged:
    """A member's filters are other ones from now on: apps read them again."""

    owner_id: int
