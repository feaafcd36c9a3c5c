"""What a check says."""

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, how it stands, and what to do where it is not well."""

    check: str
    result: Result
    says: str
    mend: str = ""


def well(check: str, says: str) -> Finding:
    """Return that nothing is to be done."""
    return Finding(check, Result.OK, says)


def warning(check: str, says: str, mend: str) -> Finding:
    """Return that something should be done, and the instance works without."""
    return Finding(check, Result.WARNING, says, mend)


def failed(check: str, says: str, mend: str) -> Finding:
    """Return that the instance does not work as it should."""
    return Finding(check, Result.FAILED, says, mend)
