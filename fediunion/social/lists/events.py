"""What happens to lists, for the features above."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class AccountsListed:
    """`actor_ids` are on the list from now on."""

    list_id: int
    owner_id: int
    actor_ids: Sequence[int]


@dataclass(frozen=True)
class AccountsUnlisted:
    """`actor_ids` are no longer on the list."""

    list_id: int
    owner_id: int
    actor_ids: Sequence[int]
