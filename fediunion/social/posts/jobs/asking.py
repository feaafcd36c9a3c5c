"""What a job that asks another server takes for an answer, and what it tries again later."""

from collections.abc import Iterator
from contextlib import contextmanager

from fediunion.kit.errors import AddressRefused, FediUnionError, Unavailable, Unreachable
from fediunion.social.posts.fetching import found_no_room, put_off


@contextmanager
def nothing_to_have() -> Iterator[None]:
    """Take for an answer that something cannot be had; what may pass is raised, and tried again later."""
    try:
        yield
    except AddressRefused:
        return
    except (Unreachable, Unavailable) as error:
        if found_no_room(error):
            raise put_off(error) from error
        raise
    except FediUnionError:
        return
