"""Backing a store up: one moment of it into one archive, while everybody goes on working.

The relational half goes in as tables of plain values, so that it can be restored into SQLite and
PostgreSQL alike; the lake as the files it is. What can be computed again stays out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from rapport import __version__
from rapport.ledger.api import Frozen, Ledger, frozen, to_bytes
from rapport.office.api import Act, Actor, require, write_line
from rapport.web import archive

# Beside the database: what signs cookies, and what keeps erased people out.
ERASED_FILES = ("erased.key", "erased.log")
KEPT_FILES = ("secret.key", *ERASED_FILES)
TABLES = "tables"
_CHANGES = "django_migrations"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds: rows of all tables, data files, and its size in bytes."""

    rows: int
    files: int
    bytes: int


def back_up(
    ledger: Ledger, path: Path, *, actor: Actor, wrote: Callable[[int], object]
) -> BackedUp:
    """Write the store as it is now into a new archive. Django is bound to the same store.

    Whatever was acknowledged before the call is in it, and so is its own line of the audit.

    Raises:
        ForbiddenError: the actor may not.
        InputError, StoreError: as of `archive.written`.
    """
    require(actor, "back_up")
    with transaction.atomic():
        write_line(actor, Act("back_up", "store"))
    with archive.written(path, wrote) as writing, frozen(ledger) as store:
        # Keys first: a key that is made later guards nothing that is in the backup.
        for name in KEPT_FILES:
            if (ledger.home / name).is_file():
                writing.add_file(name, ledger.home / name)
        rows = {table.name: 0 for table in store.tables}
        for table in store.tables:
            for number, chunk in enumerate(store.chunks(table)):
                writing.add_bytes(f"{TABLES}/{table.name}/{number:06d}.arrow", to_bytes(chunk))
                rows[table.name] += chunk.num_rows
        for name, file in store.files.items():
            writing.add_file(name, file)
        writing.finish(_manifest(ledger, store, writing, rows))
    return BackedUp(sum(rows.values()), len(store.files), path.stat().st_size)


def _manifest(
    ledger: Ledger, store: Frozen, writing: archive.Writing, rows: dict[str, int]
) -> archive.Manifest:
    changes = []
    if _CHANGES in rows:
        query = f"SELECT app, name FROM {_CHANGES} ORDER BY id"
        changes = [(app, name) for app, name in ledger.database.rows(query)]
    return archive.Manifest(
        format=archive.FORMAT,
        made_by=__version__,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        organisation=ledger.settings.organisation,
        schema=store.schema,
        changes=changes,
        lake_version=store.lake_version,
        rows=rows,
        counters=dict(store.counters),
        members=list(writing.members),
    )
