"""python -m benchmarks.start --url URL COMMAND…: how long a server takes from its start to its first answer.

Prints seconds of the clock and of the processor, and the memory at rest ten seconds later.
"""

import argparse
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

from benchmarks.processes import usage_of

_LONGEST_SECONDS = 60.0
_REST_SECONDS = 10.0


def measure(url: str, command: list[str]) -> dict[str, float]:
    """Start `command`, ask `url` until it answers, and end it. Raises RuntimeError after a minute."""
    began = time.monotonic()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers(url):
            if time.monotonic() - began > _LONGEST_SECONDS or server.poll() is not None:
                raise RuntimeError("the server did not answer")
            time.sleep(0.01)
        seconds, used = time.monotonic() - began, usage_of(server.pid)
        time.sleep(_REST_SECONDS)
        at_rest = usage_of(server.pid)
    finally:
        server.terminate()
        server.wait()
    return {
        "seconds_to_first_answer": round(seconds, 2),
        "cpu_seconds_to_first_answer": round(used.cpu_seconds, 2),
        "memory_mib_at_rest": round(at_rest.memory_mib, 1),
    }


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def main() -> int:
    """Measure one start."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    parser.add_argument("--url", required=True, help="for example http://127.0.0.1:8101/.well-known/nodeinfo")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what starts the server")
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.url, arguments.command)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
