"""How often somebody may ask: a bucket of requests for each, which fills again evenly.

Buckets lie in a small file that all server processes of a machine map, so that they count
together (decision 0028). A name is there as a keyed hash only.
"""

import fcntl
import hashlib
import math
import mmap
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SLOT = struct.Struct("=8sdd")  # the hash, how full the bucket was, and when that was
_SLOTS = 16_384
_PROBED = 16


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands after a request.

    Attributes:
        allowed: whether the request may go on.
        limit: requests a minute.
        remaining: that may follow at once.
        wait_seconds: until one more may follow, 0 where it may now.
        full_seconds: until all may follow.
    """

    allowed: bool
    limit: int
    remaining: int
    wait_seconds: int
    full_seconds: int

    def headers(self) -> dict[str, str]:
        """As whoever asks is told."""
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.full_seconds),
        }
        return told if self.allowed else {**told, "Retry-After": str(max(self.wait_seconds, 1))}


class Buckets:
    """A bucket for each name.

    Args:
        file: where they lie; made where it is not there.
        per_minute: how many requests a bucket holds, and gets in a minute.
        key: secret of the hashes.
        clock: seconds that only grow, the same in all processes of the machine.
    """

    def __init__(
        self,
        file: Path,
        per_minute: int,
        key: bytes = b"",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = per_minute
        self._key = hashlib.sha256(key).digest()
        self._clock = clock
        self._threads = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        with self._alone():
            if os.fstat(self._file).st_size != _SLOTS * _SLOT.size:
                os.ftruncate(self._file, 0)
                os.ftruncate(self._file, _SLOTS * _SLOT.size)
            self._slots = mmap.mmap(self._file, _SLOTS * _SLOT.size)

    def take(self, name: str) -> Standing:
        """Take one request out of a bucket; an empty one gives none."""
        mark = hashlib.blake2b(name.encode(), key=self._key, digest_size=8).digest()
        with self._alone():
            place, level = self._bucket(mark)
            allowed = level >= 1
            left = level - 1 if allowed else level
            _SLOT.pack_into(self._slots, place * _SLOT.size, mark, left, self._clock())
        each = 60 / self._limit
        wait = 0 if left >= 1 else math.ceil((1 - left) * each)
        full = math.ceil((self._limit - left) * each)
        return Standing(allowed, self._limit, int(left), wait, full)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other thread and no other process counts; the system lets go of the dead."""
        with self._threads:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _bucket(self, mark: bytes) -> tuple[int, float]:
        """Where a bucket lies and how full it is; a new one takes the place of the fullest."""
        first, fullest = int.from_bytes(mark), (0, -1.0)
        for step in range(_PROBED):
            place = (first + step) % _SLOTS
            owner, level, at = _SLOT.unpack_from(self._slots, place * _SLOT.size)
            now = self._filled(level, at) if any(owner) else float(self._limit)
            if owner == mark:
                return place, now
            if now > fullest[1]:
                fullest = (place, now)
        return fullest[0], float(self._limit)

    def _filled(self, level: float, at: float) -> float:
        """How full a bucket is by now; one from before the machine's last start is full."""
        gone = self._clock() - at
        more = gone * self._limit / 60 if gone >= 0 else self._limit
        return min(float(self._limit), level + more)
