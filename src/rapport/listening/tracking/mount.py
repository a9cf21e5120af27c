"""The tracking door of a running server: made at the first request, closed with the process."""

import atexit
import threading
from pathlib import Path

from rapport.ledger.api import Ledger, open_ledger
from rapport.listening.tracking.door import Application, Door
from rapport.listening.tracking.gathering import Fate, Gathering
from rapport.listening.tracking.groups import store_group
from rapport.listening.tracking.keys import KnownKeys
from rapport.listening.tracking.parcels import Parcel


class Tracking:
    """The door of one store in this process.

    Args:
        home: folder of the store; it is opened when the first parcel comes.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._ledger: Ledger | None = None
        self._gathering: Gathering | None = None
        self._making = threading.Lock()
        atexit.register(self.close)

    def before(self, behind: Application) -> Door:
        """The door, with an application behind it that answers all other paths."""
        return Door(behind, KnownKeys(), self.put)

    def put(self, parcel: Parcel) -> Fate:
        """Store a parcel durably.

        Raises:
            StoreError: the store cannot take it now, or cannot be opened.
        """
        if self._gathering is None:
            self._make()
        assert self._gathering is not None
        return self._gathering.put(parcel)

    def close(self) -> None:
        """Store what waits, then end."""
        if self._gathering is not None:
            self._gathering.close()
        if self._ledger is not None:
            self._ledger.close()

    def _make(self) -> None:
        with self._making:
            if self._gathering is None:
                ledger = self._ledger = open_ledger(self._home)
                self._gathering = Gathering(lambda parcels: store_group(ledger, parcels))
