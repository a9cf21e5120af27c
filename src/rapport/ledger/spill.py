"""Where queries put aside what does not fit into memory: a folder for each process, held by a lock.

What a killed process left behind is told by its lock, which nobody holds any more, and removed.
"""

import atexit
import fcntl
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

_LOCK = "held"
_mine: dict[tuple[Path, int], Path] = {}


def own_folder(home: Path) -> Path:
    """The folder of this process below a home; gone when the process ends by itself."""
    key = (home, os.getpid())
    if key not in _mine:
        folder = home / "spill" / f"{os.getpid()}-{secrets.token_hex(4)}"
        folder.mkdir(parents=True)
        # Never closed: the lock is ours as long as we live.
        fcntl.flock(os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _mine[key] = folder
    return _mine[key]


def clear_spill(home: Path) -> int:
    """Remove what killed processes left; how many folders."""
    left = [folder for folder in (home / "spill").glob("*/") if _is_left(folder)]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def _is_left(folder: Path) -> bool:
    with suppress(OSError):
        handle = os.open(folder / _LOCK, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(handle)
        return True
    # Somebody holds it, or is just making it.
    return False
