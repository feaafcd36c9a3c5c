"""What is done with actors: ours are made, rotated and deleted; remote ones are recorded."""

from fediunion.actors.service.local import (
    create_local_actor,
    ensure_institution_actors,
    rotate_keys,
    set_reach,
    suspend_actor,
    unsuspend_actor,
)
from fediunion.actors.service.remote import ensure_instance, record_remote_actor
from fediunion.actors.service.removal import mark_actor_deleted, mark_remote_gone, retire_keys

__all__ = [
    "create_local_actor",
    "ensure_instance",
    "ensure_institution_actors",
    "mark_actor_deleted",
    "mark_remote_gone",
    "record_remote_actor",
    "retire_keys",
    "rotate_keys",
    "set_reach",
    "suspend_actor",
    "unsuspend_actor",
]
