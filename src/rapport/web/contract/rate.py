"""How often somebody may ask: a bucket of requests for each, which fills again evenly.

Buckets lie in the memory of each server process. A shared place would cost a write for every
read; where several processes serve, each counts for itself (decision 0027).
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_MOST_BUCKETS = 10_000


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
        per_minute: how many requests a bucket holds, and gets in a minute.
        clock: seconds that only grow.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = per_minute
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, name: str) -> Standing:
        """Take one request out of a bucket; an empty one gives none."""
        with self._lock:
            level = self._level(name)
            allowed = level >= 1
            left = level - 1 if allowed else level
            self._levels[name] = (left, self._clock())
            if len(self._levels) > _MOST_BUCKETS:
                self._forget_full()
        each = 60 / self._limit
        wait = 0 if left >= 1 else math.ceil((1 - left) * each)
        full = math.ceil((self._limit - left) * each)
        return Standing(allowed, self._limit, int(left), wait, full)

    def _level(self, name: str) -> float:
        if name not in self._levels:
            return float(self._limit)
        level, at = self._levels[name]
        return min(float(self._limit), level + (self._clock() - at) * self._limit / 60)

    def _forget_full(self) -> None:
        for name in [name for name in self._levels if self._level(name) >= self._limit]:
            del self._levels[name]
