"""Where the relational half of a store lies: in the home's SQLite file, or in PostgreSQL.

A home whose store was made with DATABASE_URL set keeps the name of its schema there in a file, so
that nobody opens it without the database, and several stores can share one.
"""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.disk import replace
from rapport.ledger.relational.database import Database
from rapport.ledger.relational.on_sqlite import DATABASE_FILE, SqliteDatabase

if TYPE_CHECKING:
    from rapport.ledger.relational.on_postgres import PostgresDatabase

_SCHEMA_FILE = "postgres.schema"
# Either of them makes a folder a store.
STORE_FILES = (DATABASE_FILE, _SCHEMA_FILE)
_POSTGRES = ("postgres://", "postgresql://")


def has_store(home: Path) -> bool:
    """Whether there is a store in a folder, or the beginning of one."""
    return any((home / name).is_file() for name in STORE_FILES)


def postgres_url() -> str | None:
    """DATABASE_URL, None where it is not set.

    Raises:
        InputError: it names no PostgreSQL.
    """
    url = os.environ.get("DATABASE_URL")
    if url and not url.startswith(_POSTGRES):
        raise InputError(
            "DATABASE_URL names no PostgreSQL",
            got=url.partition(":")[0] + ":",
            expected="postgresql://user@host/database",
            hint="Unset it to keep the store in SQLite under RAPPORT_HOME.",
        )
    return url or None


def schema_of(home: Path) -> str | None:
    """The schema of the store in a folder; None where it has none, or lies in SQLite."""
    kept = home / _SCHEMA_FILE
    return kept.read_text("ascii").strip() if kept.is_file() else None


def database_of(home: Path) -> Database:
    """The relational half of the store in a folder.

    Raises:
        StoreError: there is none, or it lies in the other database.
    """
    if not has_store(home):
        raise StoreError(f"There is no store in {home}", hint="Make one with `rapport init`.")
    url, schema = postgres_url(), schema_of(home)
    if schema is None:
        _refuse_other(home, "SQLite", "Unset DATABASE_URL", refused=url is not None)
        return SqliteDatabase(home / DATABASE_FILE)
    _refuse_other(home, "PostgreSQL", "Set DATABASE_URL", refused=url is None)
    return _postgres(str(url), schema)


def refuse_newer(home: Path) -> None:
    """Refuse the store in a folder where a newer program made its tables.

    Raises:
        StoreError: it is newer or damaged; or there is none, or it lies in the other database.
    """
    database = database_of(home)
    try:
        database.check_version()
    except database.errors as error:
        raise StoreError(f"The store in {home} cannot be opened", got=str(error)) from error
    finally:
        database.close()


def new_database(home: Path) -> Database:
    """The relational half for a folder, made where there is none yet.

    Raises:
        StoreError: the store there lies in the other database.
    """
    url = postgres_url()
    if url is None or has_store(home):
        return database_of(home) if has_store(home) else SqliteDatabase(home / DATABASE_FILE)
    schema = os.environ.get("RAPPORT_SCHEMA") or f"rapport_{secrets.token_hex(4)}"
    made = _postgres(url, schema)
    made.make_schema()
    replace(home / _SCHEMA_FILE, schema.encode("ascii"))
    return made


def _postgres(url: str, schema: str) -> "PostgresDatabase":
    from rapport.ledger.relational.on_postgres import PostgresDatabase  # noqa: PLC0415 - slow to load

    return PostgresDatabase(url, schema)


def _refuse_other(home: Path, kept_in: str, hint: str, *, refused: bool) -> None:
    if refused:
        raise StoreError(
            f"The store in {home} is kept in {kept_in}",
            got="no DATABASE_URL" if kept_in == "PostgreSQL" else "a DATABASE_URL",
            hint=f"{hint}, or restore a backup of it into the other database.",
        )
