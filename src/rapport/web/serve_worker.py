"""The worker: seals the journal when it is due and keeps the pages' figures fresh.

Every step can be run again and may be killed anywhere: sealing continues where it was (that is the
ledger's promise) and a figure is stored whole or not at all.
"""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from rapport.kernel.errors import RapportError
from rapport.ledger.api import Ledger, open_ledger, seal
from rapport.web.overview import refresh
from rapport.web.stored import StoredFigures

# Each seal writes files into the lake, so not too often; the journal is read as well as the lake.
SEAL_SECONDS = 600.0
LOOK_SECONDS = 10.0
# While an import runs every look finds something new: figures may take a fifth of the time.
REST_FACTOR = 5.0


def main(arguments: Sequence[str]) -> int:
    """Work on the store at `HOME` until told to stop."""
    (home,) = arguments
    # A signal ends the process between two steps of Python, whatever it waits for.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    try:
        ledger = open_ledger(Path(home))
        work(ledger, StoredFigures(Path(home)), lambda line: sys.stderr.write(line + "\n"))
    except RapportError as error:
        sys.stderr.write(f"rapport worker: {error}\n")
        return 2
    return 0


def work(ledger: Ledger, stored: StoredFigures, say: Callable[[str], object]) -> None:
    """Look, work, rest; for ever. Trouble is said once and tried again at the next look."""
    sealed_at = time.monotonic()
    said: str | None = None
    while True:
        began = time.monotonic()
        try:
            if began - sealed_at >= SEAL_SECONDS:
                seal(ledger)
                sealed_at = began
            refresh(ledger, stored)
            said = None
        except RapportError as error:
            if str(error) != said:
                said = str(error)
                say(f"worker: {said} It is tried again.")
        time.sleep(max(LOOK_SECONDS, REST_FACTOR * (time.monotonic() - began)))


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
