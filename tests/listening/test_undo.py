"""Undoing an import while it runs would take half of it out and let the rest come in."""

from pathlib import Path

import pytest

from rapport.kernel.errors import BusyError
from rapport.ledger.api import begin_import, create_ledger
from rapport.listening.api import undo_import
from rapport.office.api import Actor


def test_an_import_that_still_runs_cannot_be_undone(tmp_path: Path) -> None:
    ledger = create_ledger(tmp_path / "home")
    begun, _ = begin_import(
        ledger.database,
        file="orders.csv",
        digest="d" * 64,
        source="shop",
        record="interactions",
        mapping="",
        actor="operator",
    )
    with ledger.hold(f"import-{'d' * 16}"):
        with pytest.raises(BusyError, match="still runs"):
            undo_import(ledger, begun, actor=Actor.operator())
