"""Making a store anew from a copy: its tables, its rows, and last the name that makes it a store.

All of it happens in the folder `RESTORING` inside the home, so that a home with half of a copy is
no store: nobody serves it, `create_ledger` refuses it, and the next attempt begins again.
"""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.disk import sync
from rapport.ledger.failpoints import reach
from rapport.ledger.relational.database import SCHEMA_VERSION
from rapport.ledger.relational.home import STORE_FILES, database_of, has_store, new_database
from rapport.ledger.relational.tables import rows_of

RESTORING = "restoring"


def is_half_restored(home: Path) -> bool:
    """Whether a restore into the folder began and did not end."""
    return (home / RESTORING).is_dir() and not has_store(home)


def lay_tables(home: Path, schema: int) -> None:
    """Make the ledger's tables of a version, empty, where DATABASE_URL or the folder says.

    Raises:
        StoreError: the version is newer than this program.
        InputError: the schema in PostgreSQL that RAPPORT_SCHEMA names is not empty.
    """
    if schema > SCHEMA_VERSION:
        raise StoreError(
            "The backup was made by a newer version of Rapport",
            got=f"schema {schema}",
            expected=f"schema {SCHEMA_VERSION} or older",
            hint="Install the newer Rapport.",
        )
    database = new_database(home)
    if database.tables():
        raise InputError(
            f"There are tables in {database.place} already",
            expected="an empty place",
            hint="Name another with RAPPORT_SCHEMA, or drop what an unfinished restore left there.",
        )
    database.migrate(to=schema)
    database.close()


def refill(
    home: Path, chunks: Iterable[tuple[str, pa.Table]], counters: Mapping[str, int]
) -> dict[str, int]:
    """Replace the rows of all tables, in one transaction; how many rows each table has then.

    Args:
        chunks: names of tables and rows of theirs, in the order of `Frozen.tables`.
        counters: where tables that number their rows go on.

    Raises:
        StoreError: there is no such table.
    """
    database = database_of(home)
    tables = {table.name: table for table in database.tables()}
    rows = dict.fromkeys(tables, 0)
    with database.write() as connection:
        for name in reversed(tables):
            connection.execute(f'DELETE FROM "{name}"')
        for name, chunk in chunks:
            if name not in tables:
                raise StoreError("The backup holds a table that is not known", got=name)
            columns = dict.fromkeys(chunk.column_names, "")
            database.fill(connection, replace(tables[name], columns=columns), rows_of(chunk))
            rows[name] += chunk.num_rows
        database.go_on(connection, counters)
    reach("restore.filled")
    database.close()
    return rows


def move_in(home: Path) -> None:
    """Move what was made in the folder `RESTORING` up into the home: now it is a store."""
    making = home / RESTORING
    for left in making.glob("*-wal"):
        raise StoreError(f"{left} is in use", hint="End what reads it, and restore again.")
    names = [path.name for path in making.iterdir() if path.name not in STORE_FILES]
    for name in [*names, *STORE_FILES]:
        if (making / name).exists():
            (making / name).rename(home / name)
            reach("restore.moved")
    sync(home)
    shutil.rmtree(making)
