"""Loggers are kept for as long as the process; the stream that they write to may not be."""

import subprocess
import sys

_TOLD = """
import contextlib, io, sys, structlog
from fediunion.app.log import set_up_log

log = structlog.get_logger("a.name")
first = io.StringIO()
with contextlib.redirect_stderr(first):
    set_up_log()
    log.warning("one")
first.close()
log.warning("two")
"""


def test_what_is_logged_goes_to_what_standard_error_is_at_that_moment() -> None:
    done = subprocess.run([sys.executable, "-c", _TOLD], check=True, capture_output=True, text=True)
    assert "event=two" in done.stderr
    assert "event=one" not in done.stderr
