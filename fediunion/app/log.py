"""What is written to standard error: one line for each thing that an operator should know."""

import logging
import sys
from typing import Final

import structlog

_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


class _StandardError:
    """Writes each line to what standard error is at that moment: loggers outlive streams."""

    def __init__(self, *_names: object) -> None:
        """Take what a logger is asked for by, which is in no line."""

    def msg(self, message: str) -> None:
        """Write one line."""
        sys.stderr.write(f"{message}\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


def set_up_log(level: str = "info") -> None:
    """Write what is logged to standard error, in plain lines; a stack is shown without the values in it.

    Values of variables may be secrets or name people, so they are never written.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=_StandardError,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="level=%(levelname)s event=%(message)s"
    )
    # Whoever speaks something else than HTTP to our port is no news for an operator.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
