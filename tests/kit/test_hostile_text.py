"""Row H14: hostile text takes time in proportion to its length."""

import subprocess
import sys
from pathlib import Path

import pytest

from fediunion.kit.html import MAX_BYTES
from tests.kit.hostile_text import HOSTILE, TIMES, WORK

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("work", WORK)
def test_H14_hostile_text_of_megabytes_comes_to_an_end(work: str) -> None:
    """In a process of its own, as what is written in C cannot be interrupted."""
    command = [sys.executable, "-m", "tests.kit.hostile_text", work]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stderr) == (0, ""), f"it ended at: {done.stdout.splitlines()[-1:]}"
    assert done.stdout.splitlines() == [*HOSTILE, "done"]


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_H14_what_hostile_text_becomes_is_bounded(hostile: str) -> None:
    assert len(str(WORK["clean_html"](hostile * TIMES)).encode()) <= MAX_BYTES
