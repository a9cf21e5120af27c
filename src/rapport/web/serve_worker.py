"""The worker: keeps the ledger in order and the pages' figures fresh.

Every step can be run again and may be killed anywhere: what the ledger needs (sealing, compacting,
vacuum) continues where it was, and a figure is stored whole or not at all.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from django.db import close_old_connections

from rapport.customers.api import keep_directory, keep_segments
from rapport.kernel.errors import RapportError
from rapport.ledger.api import Ledger, open_ledger, upkeep_steps
from rapport.listening.api import forget_old_uploads, work_on_uploads
from rapport.office.api import chain_audit, forget_ended, sweep_answers
from rapport.privacy.api import carry_out_erasures, daily, finish_erasures
from rapport.web.database_trouble import told
from rapport.web.django_setup import prepare
from rapport.web.overview import refresh
from rapport.web.stored import StoredFigures
from rapport.web.verifying import prove

LOOK_SECONDS = 10.0
UPLOAD_SECONDS = 0.5
# While an import runs every look finds something new: figures may take a fifth of the time.
REST_FACTOR = 5.0
# Where cores are short, who waits for a page comes first; a third of a core is enough to keep up.
NICENESS = 5


def main(arguments: Sequence[str]) -> int:
    """Work on the store at `HOME` until told to stop."""
    (home,) = arguments
    os.nice(NICENESS)
    # A signal ends the process between two steps of Python, whatever it waits for. It ends as if
    # killed, which every step outlives: an exit raised inside a finaliser would be swallowed there,
    # and threads would be torn off the engine they work on.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    try:
        ledger = open_ledger(Path(home))
        prepare(Path(home))
        # Whoever watches their import should not wait for the other steps.
        threading.Thread(target=import_uploads, args=(ledger, _say), daemon=True).start()
        work(ledger, StoredFigures(Path(home)), _say)
    except RapportError as error:
        sys.stderr.write(f"rapport worker: {error}\n")
        return 2
    return 0


def import_uploads(ledger: Ledger, say: Callable[[str], object]) -> None:
    """Import what people bring, as soon as they ask for it; for ever."""
    said: str | None = None
    while True:
        close_old_connections()
        trouble = _trouble(lambda: work_on_uploads(ledger))
        if trouble is not None and trouble != said:
            say(f"worker: {trouble} It is tried again.")
        said = trouble
        time.sleep(UPLOAD_SECONDS)


def work(ledger: Ledger, stored: StoredFigures, say: Callable[[str], object]) -> None:
    """Look, work, rest; for ever. Trouble is said once and tried again at the next look."""
    said: set[str] = set()
    steps: list[Callable[[], object]] = [
        lambda: finish_erasures(ledger),
        lambda: forget_old_uploads(ledger),
        lambda: carry_out_erasures(ledger),
        chain_audit,
        forget_ended,
        daily(ledger),
        sweep_answers,
        *upkeep_steps(ledger),
        keep_directory(ledger),
        keep_segments(ledger),
        lambda: refresh(ledger, stored),
        lambda: prove(ledger, stored),
    ]
    while True:
        began = time.monotonic()
        # One that broke while the database was away would be broken for ever.
        close_old_connections()
        trouble = {line for step in steps if (line := _trouble(step)) is not None}
        for line in sorted(trouble - said):
            say(f"worker: {line} It is tried again.")
        said = trouble
        time.sleep(max(LOOK_SECONDS, REST_FACTOR * (time.monotonic() - began)))


def _trouble(step: Callable[[], object]) -> str | None:
    """Do a step; what was in its way. The other steps may help: a vacuum makes room on a disk."""
    try:
        step()
    except OSError as error:
        return str(error)
    except Exception as error:
        expected = told(error)
        if expected is None:
            raise
        return str(expected)
    return None


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(0)
