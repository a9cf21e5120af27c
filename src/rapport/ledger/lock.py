"""One writer of the lake at a time, and one import of a file at a time.

The operating system drops the lock when its process ends, however it ends: a kill leaves
nothing to clean up.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rapport.kernel.errors import BusyError
from rapport.ledger.trouble import in_our_words


@contextmanager
def hold(
    path: Path, *, wait: bool = True, busy: str = "Another process is at it"
) -> Iterator[None]:
    """Hold the lock named by a file while the block runs.

    Raises:
        StoreError: the file of the lock cannot be made.
        BusyError: `wait` is False and somebody else holds it; the message is `busy`.
    """
    with in_our_words(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise BusyError(busy, hint="Wait for it to end, or stop it.") from None
        yield
    finally:
        os.close(handle)
