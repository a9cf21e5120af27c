"""The store that this process serves, opened once."""

from functools import cache
from pathlib import Path

from django.conf import settings

from rapport.ledger.api import Ledger, open_ledger
from rapport.web.stored import StoredFigures


def ledger() -> Ledger:
    """The ledger: one for the process, which keeps a connection for each thread, and the engine."""
    return _opened(settings.HOME)


def stored_figures() -> StoredFigures:
    """The figures that pages have stored."""
    return _figures(settings.HOME)


_figures = cache(StoredFigures)


@cache
def _opened(home: Path) -> Ledger:
    return open_ledger(home)
