"""One thread stores what all requests bring: a group of them in one transaction, then all answers.

Invariants: nobody is answered before the group is on the disk. What waits is bounded; who comes
when it is full is told so before anything of theirs is stored. A group that fails is tried again
parcel by parcel, so that none fails by its neighbour; a store that fails is told to all of them.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rapport.kernel.errors import BusyError, StoreError
from rapport.ledger.api import Rejection
from rapport.listening.tracking.parcels import Parcel

GROUP_ROWS = 5_000
WAITING_ROWS = 50_000
WAITING_BYTES = 32 * 1024**2
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a parcel's items: received = stored + duplicate + rejected."""

    stored: int
    duplicate: int
    rejected: tuple[Rejection, ...]


Store = Callable[[Sequence[Parcel]], Sequence[Fate]]


@dataclass(slots=True)
class _Waiting:
    parcel: Parcel
    done: threading.Event = field(default_factory=threading.Event)
    fate: Fate | Exception | None = None

    def answer(self, fate: Fate | Exception) -> None:
        self.fate = fate
        self.done.set()


class Gathering:
    """Hands parcels of many threads to `store`, a group at a time.

    Args:
        store: stores parcels durably, all of them or none; says what became of each.
        rows, size: how much may wait.
    """

    def __init__(self, store: Store, rows: int = WAITING_ROWS, size: int = WAITING_BYTES) -> None:
        self._store = store
        self._most_rows, self._most_bytes = rows, size
        self._waiting: deque[_Waiting] = deque()
        self._rows = self._bytes = 0
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="tracking", daemon=True)
        self._thread.start()

    def put(self, parcel: Parcel) -> Fate:
        """Store a parcel; returns once it is on the disk.

        Raises:
            BusyError: too much waits already, or the store took too long; send it again.
            StoreError: the store cannot take it now.
        """
        mine = _Waiting(parcel)
        with self._changed:
            if self._ended:
                raise BusyError("The server is stopping", hint="Send it again.")
            if self._rows and (
                self._rows + parcel.count > self._most_rows
                or self._bytes + parcel.size > self._most_bytes
            ):
                raise BusyError("Too many events wait to be stored", hint="Send it again later.")
            self._rows += parcel.count
            self._bytes += parcel.size
            self._waiting.append(mine)
            self._changed.notify()
        if not mine.done.wait(PATIENCE_SECONDS):
            raise BusyError(
                "Storing takes too long", hint="Send it again: what was stored is not stored twice."
            )
        assert mine.fate is not None
        if isinstance(mine.fate, Exception):
            raise mine.fate
        return mine.fate

    def close(self) -> None:
        """Store what waits, then end; from now on nothing is taken."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        while group := self._next():
            self._settle(group)

    def _next(self) -> list[_Waiting]:
        """All that waits, up to a group's size; empty at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended)
            group: list[_Waiting] = []
            rows = 0
            while self._waiting and (
                not group or rows + self._waiting[0].parcel.count <= GROUP_ROWS
            ):
                group.append(self._waiting.popleft())
                rows += group[-1].parcel.count
                self._bytes -= group[-1].parcel.size
            self._rows -= rows
            return group

    def _settle(self, group: list[_Waiting]) -> None:
        try:
            fates = self._store([one.parcel for one in group])
        except StoreError as error:
            for one in group:
                one.answer(error)
        except Exception as error:  # noqa: BLE001 - told to whom it belongs, never to the neighbours
            if len(group) == 1:
                group[0].answer(error)
            else:
                for one in group:
                    self._settle([one])
        else:
            for one, fate in zip(group, fates, strict=True):
                one.answer(fate)
