"""The demo, for real: three unions that federate, started twice."""

import json
import signal
from pathlib import Path

import pytest

from tests.ports import free_ports
from tests.processes.running import Instance, Server, fediunion, wait_until

pytestmark = pytest.mark.slow


MEMBERS_WHO_SIGN = 6
"""Those of the committee itself; the sums of the other two unions come later."""


def home_of(folder: Path, who: str, union: Instance) -> list[str]:
    """Return the texts in the home timeline of somebody of the demo."""
    logins = json.loads((folder / "logins.json").read_text())
    token = next(login["token"] for login in logins if login["username"] == who)
    statuses = union.get_json("/api/v1/timelines/home?limit=40", token=token)
    return [(status["reblog"] or status)["content"] for status in statuses]


def test_three_unions_federate_and_are_still_there_at_the_second_start(tmp_path: Path) -> None:
    port, folder = free_ports(3), tmp_path / "demo"
    demo = Server("demo", "--dir", folder, "--port", str(port), ready="Ctrl-C stops")
    try:
        nairobi = Instance(folder / "nairobisu", port + 1)
        wait_until(lambda: {"Restore", "clinic"} <= seen_by_otieno(folder, nairobi))
        assert f"http://ictysu.localhost:{port}/" in "\n".join(demo.output)
        assert f"http://ccisua.localhost:{port + 2}/campaigns/c-01" in "\n".join(demo.output)
        call = Instance(folder / "ccisua", port + 2).get_json("/campaigns/c-01/call.json")
        assert call["counts"]["signatures"] >= MEMBERS_WHO_SIGN
        assert demo.stop(signal.SIGINT) == 0
        demo = Server("demo", "--dir", folder, "--port", str(port), ready="Ctrl-C stops")
        assert {"Restore", "clinic"} <= seen_by_otieno(folder, nairobi)
        assert demo.stop(signal.SIGTERM) == 0
    finally:
        demo.kill()


def seen_by_otieno(folder: Path, nairobi: Instance) -> set[str]:
    """Return which words of posts of the two other unions stand in otieno's home timeline."""
    texts = " ".join(home_of(folder, "otieno", nairobi))
    words = {"Restore": "we ask to restore it", "clinic": "Which clinic takes the staff medical card"}
    return {word for word, text in words.items() if text in texts}


def test_the_demo_leaves_a_folder_alone_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("chapter 1")
    done = fediunion("demo", "--dir", tmp_path, "--port", str(free_ports(3)))
    assert done.returncode == 1
    assert "thesis.txt" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
