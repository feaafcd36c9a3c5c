"""Which tests one worker of pytest-xdist runs in a row: those that share a server, or what others left."""

from typing import Final

from xdist.scheduler import LoadScopeScheduling

_SHARE_A_SERVER: Final = ("tests/browser", "tests/clients", "tests/peers")
_GO_ON_WHERE_OTHERS_ENDED: Final = ("tests/cli", "tests/processes")


class Together(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist brings no types
    """Gives whole groups to workers, the largest first; every other test is a group of its own."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        folder = path.rpartition("/")[0]
        if folder in _SHARE_A_SERVER:
            return folder
        return path if folder in _GO_ON_WHERE_OTHERS_ENDED else nodeid
