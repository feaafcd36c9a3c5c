"""Crash points: places where the process can be made to die, to prove that nothing is lost by it."""

import os
import signal
from collections.abc import Mapping
from itertools import count

from fediunion.config import Settings
from fediunion.kit.errors import BadConfiguration

VARIABLE = "FEDIUNION_CRASH_AT"

CRASH_POINTS = (
    "inbox_before_commit",
    "after_commit_before_ack",
    "process_before_commit",
    "process_after_commit",
    "job_after_claim",
    "job_before_finish",
    "job_after_finish",
    "fan_out_before_commit",
    "fan_out_between_batches",
    "delivery_before_post",
    "delivery_after_post",
    "delivery_after_mark",
    "publish_before_commit",
    "publish_after_commit",
)
"""Every name that may be given to `crash_point`."""

_ARMED, _, _PASSING = os.environ.get(VARIABLE, "").partition(":")
_passings = count(1)


def crash_point(name: str) -> None:
    """Die here by SIGKILL when FEDIUNION_CRASH_AT is `name`, or `name:N` and this is the N-th passing."""
    if name == _ARMED and next(_passings) >= int(_PASSING or 1):
        os.kill(os.getpid(), signal.SIGKILL)


def refuse_in_production(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raise BadConfiguration when a crash point is armed in production, or one that does not exist."""
    armed = environ.get(VARIABLE)
    if armed is None:
        return
    if not settings.is_development:
        raise BadConfiguration(f"{VARIABLE} is set, and this is no development instance")
    name, _, passing = armed.partition(":")
    if name not in CRASH_POINTS or not (passing or "1").isdigit():
        raise BadConfiguration(f"{VARIABLE} names no crash point: {', '.join(CRASH_POINTS)}")
