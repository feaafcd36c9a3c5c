"""A few tests that fail get a second attempt, and nothing else does."""

from pathlib import Path

import pytest

from scripts.second_attempt import Outcome, run_pytest
from scripts.test_needs import ROOT

UNSTEADY = """
import pathlib
import pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("name", ["ana@union.test"])
def test_unsteady(name):
    seen = pathlib.Path(__file__).with_name("seen")
    before = seen.exists()
    seen.touch()
    assert before
"""
BROKEN = """
def test_broken():
    raise AssertionError
"""
COUNTED = """
import pathlib

def test_counted():
    with pathlib.Path(__file__).with_name("runs").open("a") as runs:
        runs.write("x")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a test that counts how often it runs. Only the plugin that is needed is loaded."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p xdist\n")
    (tmp_path / "test_counted.py").write_text(COUNTED)
    return tmp_path


def test_what_fails_once_and_passes_alone_is_named(folder: Path) -> None:
    (folder / "test_unsteady.py").write_text(UNSTEADY)
    outcome = run_pytest(["-n", "1", "--dist", "loadgroup"], folder)
    assert outcome == Outcome(0, ("test_unsteady.py::test_unsteady[ana@union.test]",))
    assert (folder / "runs").read_text() == "x"


def test_what_fails_again_fails_the_run(folder: Path) -> None:
    (folder / "test_unsteady.py").write_text(UNSTEADY)
    (folder / "test_broken.py").write_text(BROKEN)
    assert run_pytest(["-n", "0"], folder) == Outcome(1)
    assert (folder / "runs").read_text() == "x"


def test_four_failures_are_no_accident(folder: Path) -> None:
    for number in range(4):
        (folder / f"unsteady_{number}").mkdir()
        (folder / f"unsteady_{number}" / f"test_unsteady_{number}.py").write_text(UNSTEADY)
    assert run_pytest(["-n", "0"], folder) == Outcome(1)


@pytest.mark.parametrize(
    "statement", ["import nothing_of_that_name", "raise SystemExit"], ids=["import", "exit"]
)
def test_what_cannot_be_collected_gets_no_second_attempt(folder: Path, statement: str) -> None:
    (folder / "test_alien.py").write_text(f"{statement}\n")
    outcome = run_pytest(["-n", "0"], folder)
    assert outcome.code != 0
    assert outcome.unsteady == ()


def test_a_worker_that_dies_gets_no_second_attempt(folder: Path) -> None:
    dies = UNSTEADY.replace("assert before", "import os\n    os._exit(0 if before else 9)")
    (folder / "test_dies.py").write_text(dies)
    assert run_pytest(["-n", "1", "--dist", "loadgroup"], folder) == Outcome(1)
