"""What the tests need beside Python packages: found, installed where that may be, or the reason why not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEER = ROOT / "tests" / "peers" / "fedify"
CLIENTS = ROOT / "tests" / "clients" / "node"
AXE = ROOT / "tests" / "browser" / "axe"
DEBIAN_POSTGRESQL = Path("/usr/lib/postgresql")
NODE_AT_LEAST = 20


class Missing(Exception):
    """Something that tests need is not there and could not be installed; the message says why."""


def postgresql_binaries() -> Path | None:
    """Return the folder of `initdb` and `postgres`, the newest where there are several; None without any."""
    if DEBIAN_POSTGRESQL.is_dir():
        versions = [path for path in DEBIAN_POSTGRESQL.iterdir() if (path / "bin" / "initdb").is_file()]
        if versions:
            return max(versions, key=lambda path: int(path.name) if path.name.isdigit() else 0) / "bin"
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb and shutil.which("postgres") else None


def ensure_postgresql() -> None:
    """Have PostgreSQL's server programs, from Debian's packages when they are missing."""
    if postgresql_binaries() is None:
        _apt_install("postgresql")
        if postgresql_binaries() is None:
            raise Missing("the package postgresql brought no initdb")


def chromium_binary() -> str | None:
    """Return the path of Chromium, or of a browser that is made of it; None without any."""
    for name in ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return found
    return None


def ensure_chromium() -> None:
    """Have Chromium, from Debian's package when it is missing."""
    if chromium_binary() is None:
        _apt_install("chromium")
        if chromium_binary() is None:
            raise Missing("the package chromium brought no browser")
    # What steers it comes with a Node that needs a library which the smallest Debian has not.
    if not _steers_browsers():
        _apt_install("libatomic1")
        if not _steers_browsers():
            raise Missing("the driver of Playwright does not start")


def _steers_browsers() -> bool:
    asked = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def ensure_fedify_peer() -> None:
    """Have Node and the packages of the independent peer in tests/peers/fedify."""
    _ensure_packages(PEER)


def ensure_node_clients() -> None:
    """Have Node and the client libraries in tests/clients/node."""
    _ensure_packages(CLIENTS)


def ensure_axe() -> None:
    """Have the rules of accessibility in tests/browser/axe."""
    _ensure_packages(AXE)


def _ensure_packages(folder: Path) -> None:
    """Have Node, and in a folder what its package-lock.json names."""
    if _node_version() < NODE_AT_LEAST:
        _run("Node", [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                      "--require-hashes", "-r", str(ROOT / "requirements" / "node.txt")])  # fmt: skip
        if _node_version() < NODE_AT_LEAST:
            raise Missing(f"there is no Node {NODE_AT_LEAST} or newer")
    installed, locked = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < locked.stat().st_mtime:
        named = f"the packages of {folder.relative_to(ROOT)}"
        _run(named, ["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=folder)
        installed.touch()


def _node_version() -> int:
    """Return the major version of `node` and `npm` on the path; 0 where one of them is missing."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return 0
    shown = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = shown.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def node_itself() -> str:
    """Return the path of the program Node: `node` on the path may be a script, whose end does not end it."""
    asked = ["node", "--print", "process.execPath"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def _apt_install(package: str) -> None:
    if shutil.which("apt-get") is None:
        raise Missing(f"{package} is not installed, and there is no apt-get to install it")
    as_root: list[str] = []
    if os.geteuid() != 0:
        as_root = ["sudo", "-n"]
        if shutil.which("sudo") is None or subprocess.run([*as_root, "true"], check=False).returncode:
            raise Missing(f"{package} is not installed, and installing it needs root")
    quietly = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    # A list that cannot be refreshed may still serve.
    subprocess.run([*quietly, "update"], check=False, stdout=sys.stderr)
    _run(package, [*quietly, "install", "-y", "--no-install-recommends", package])


def _run(what: str, command: list[str], cwd: Path = ROOT) -> None:
    print(f"installing {what}", file=sys.stderr, flush=True)
    try:
        code = subprocess.run(command, cwd=cwd, check=False, stdout=sys.stderr).returncode
    except OSError as error:
        raise Missing(f"{what} could not be installed: {error}") from None
    if code:
        raise Missing(f"{what} could not be installed: `{' '.join(command[:4])} …` ended with {code}")
