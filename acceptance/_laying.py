"""`python acceptance/_laying.py FROM TO`: a store of SQLite, not brought up to date, on a server.

The tables are made as they were at the store's version, under DATABASE_URL.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from rapport.ledger.api import Frozen, frozen, lay_tables, refill
from rapport.ledger.relational.home import database_of
from rapport.ledger.store import Ledger
from rapport.web import django_setup


def lay(here: Path, there: Path) -> None:
    """Copy files as they are and tables row by row."""
    url = os.environ.pop("DATABASE_URL")
    ledger = Ledger(here, database_of(here))
    with frozen(ledger) as store:
        os.environ["DATABASE_URL"] = url
        shutil.copytree(here, there, ignore=shutil.ignore_patterns("rapport.sqlite3*", "locks"))
        lay_tables(there, store.schema)
        django_setup.prepare(there, update=False)
        django_setup.make_tables(ledger.database.rows("SELECT app, name FROM django_migrations"))
        refill(there, _chunks(store), store.counters)
    ledger.close()


def _chunks(store: Frozen) -> Iterator[tuple[str, pa.Table]]:
    for table in store.tables:
        for chunk in store.chunks(table):
            yield table.name, chunk


if __name__ == "__main__":
    lay(Path(sys.argv[1]), Path(sys.argv[2]))
