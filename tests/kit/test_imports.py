"""The garbage collector leaves alone what is there when a server begins."""

import gc
from collections.abc import Iterator

import pytest

from fediunion.kit.imports import kept_for_good


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_nothing_is_looked_through_while_importing_and_what_is_there_never_again() -> None:
    with kept_for_good():
        assert not gc.isenabled()
        kept: list[list[int]] = [[]]
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    assert all(each is not kept for each in gc.get_objects())


def test_garbage_is_looked_for_again_when_an_import_failed() -> None:
    with pytest.raises(ImportError), kept_for_good():
        raise ImportError
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
