"""Answers kept in this process for a minute: filtered figures, and people's words.

Unlike stored figures these may hold what somebody typed into a filter, or what customers wrote, so
they never reach the disk.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
SECONDS = 60.0
_MOST = 400


_all: "list[Remembered[Any]]" = []


def forget_all() -> None:
    """Forget every answer of this process, as if a minute had passed."""
    for one in _all:
        one.forget()


class Remembered(Generic[T]):
    """A small store of answers by their question; the oldest go first."""

    def __init__(self, most: int = _MOST, seconds: float = SECONDS) -> None:
        self._most = most
        self._seconds = seconds
        self._kept: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._lock = threading.Lock()
        _all.append(self)

    def ask(self, question: Hashable, compute: Callable[[], T]) -> tuple[T, float]:
        """The answer, computed where there is none young enough, and its age in seconds."""
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(question)
        if kept is not None and now - kept[0] < self._seconds:
            return kept[1], now - kept[0]
        answer = compute()
        with self._lock:
            self._kept[question] = (time.monotonic(), answer)
            self._kept.move_to_end(question)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return answer, 0.0

    def forget(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._kept.clear()
