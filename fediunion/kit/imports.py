"""Importing what a process needs for as long as it runs."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def kept_for_good() -> Iterator[None]:
    """Import without looking for garbage, and never look at what is there afterwards again.

    Modules are no garbage. Looking through them takes a fifth of a start, and later a tenth of a second
    now and then in which nobody is answered; children that are forked would copy them.
    Source: https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
