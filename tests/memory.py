"""Where tests keep files that no disk has to have: most would wait for nothing else."""

import os
import shutil
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")


def folder_in_memory(bytes_free: int) -> Path | None:
    """Return the folder of the system whose files are in memory; None without it, or with less room in it."""
    usable = os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > bytes_free
    return _IN_MEMORY if usable else None
