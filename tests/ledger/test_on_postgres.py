"""PostgreSQL keeps values in more places than its tables: none of them outlives a scrub."""

from pathlib import Path

import pytest

from acceptance.servers import Postgres
from rapport.ledger.api import create_ledger

CANARY = "ana 5f0c9d1e"
ROWS = (
    "INSERT INTO ledger_import "
    "(file, digest, source, record, mapping, state, actor, started_at) "
    "SELECT ?, 'd', 's', 'r', 'm', 'done', 'a', 1 FROM generate_series(1, 100)"
)


def test_what_the_planner_remembers_goes_with_the_rows(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", server.url("proof"))
    ledger = create_ledger(tmp_path / "home")
    with ledger.database.write() as connection:
        connection.execute(ROWS, (CANARY,))
    ledger.database.connection.execute("ANALYZE ledger_import")
    with ledger.database.write() as connection:
        connection.execute("DELETE FROM ledger_import")
    assert ledger.database.scrub()
    ledger.database.connection.execute("CHECKPOINT")
    files = [path for path in (server.data / "base").rglob("*") if path.is_file()]
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    ledger.close()
