"""Restoring a backup into an empty home, under SQLite or PostgreSQL.

Nothing is written before the whole archive is proved undamaged. Everything is made in a folder
inside the home and moved out at the end, what makes the home a store last of all: a restore that
is killed leaves no store behind, and is simply run again.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
from django.db import connection, transaction

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.api import (
    RESTORING,
    Ledger,
    from_bytes,
    is_half_restored,
    lay_tables,
    move_in,
    open_ledger,
    refill,
    status,
    sync,
    verify,
)
from rapport.office.api import Act, Actor, require, write_line
from rapport.privacy.api import finish_erasures, reapply_erasures
from rapport.web import archive, django_setup
from rapport.web.backing_up import ERASED_FILES, TABLES

_Told = Callable[[int], object]


def restore(
    path: Path, home: Path, *, actor: Actor, read: _Told, erased: Path | None = None
) -> int:
    """Make the store of a backup anew in an empty home; how many interactions it holds.

    Args:
        erased: a home that the backup is older than: whoever was erased there is erased again.
        read: told the number of bytes, again and again; in the end twice the archive.

    Raises:
        ForbiddenError: the actor may not.
        InputError: there is no such backup, or the home is not empty.
        StoreError: the backup is damaged (says where) or made by a newer program.
    """
    require(actor, "restore")
    _check_empty(home)
    manifest = archive.proved(path, read)
    making = home / RESTORING
    making.mkdir(parents=True)
    home.chmod(0o700)
    _lay_files(path, making, read)
    if erased is not None:
        _take_erased(erased, making)
    lay_tables(making, manifest.schema)
    django_setup.prepare(making, update=False)
    django_setup.make_tables(manifest.changes)
    connection.close()
    rows = refill(making, _chunks(path, read), manifest.counters)
    _check_rows(rows, manifest)
    count = _finish(making, manifest, actor)
    move_in(home)
    return count


def _check_empty(home: Path) -> None:
    """Refuse a home that holds anything; what a restore left that did not end is removed."""
    if is_half_restored(home):
        for path in home.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if home.exists() and any(home.iterdir()):
        raise InputError(
            f"{home} is not empty",
            expected="an empty or a new folder",
            hint="Name another with --home; nothing is ever restored over something.",
        )


def _lay_files(path: Path, making: Path, read: _Told) -> None:
    """Everything that is a file in a home, on the disk when it returns."""
    for name, content in archive.members(path):
        if name.startswith(f"{TABLES}/") or name in (archive.MANIFEST, archive.WHOLE):
            continue
        target = making / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(content, file, 1024**2)
            file.flush()
            os.fsync(file.fileno())
            read(file.tell())
    for folder, _, _ in os.walk(making):
        sync(Path(folder))


def _take_erased(erased: Path, making: Path) -> None:
    """Put the newer log of erasures, with its key, in the place of the backup's.

    Raises:
        InputError: it is not a later log of the same store.
    """
    for name in ERASED_FILES:
        newer, older = erased / name, making / name
        if not newer.is_file():
            raise InputError(f"There is no {name} in {erased}", hint="Nobody was erased there.")
        if older.is_file() and not newer.read_bytes().startswith(older.read_bytes()):
            raise InputError(
                f"{newer} does not belong to the backup",
                got=f"a {name} of another store",
                expected="the home, or a copy of it, that the backup was made from",
            )
        shutil.copyfile(newer, older)


def _chunks(path: Path, read: _Told) -> Iterator[tuple[str, pa.Table]]:
    for name, content in archive.members(path):
        if name.startswith(f"{TABLES}/"):
            body = content.read()
            read(len(body))
            yield name.split("/")[1], from_bytes(body)


def _check_rows(rows: dict[str, int], manifest: archive.Manifest) -> None:
    for name, count in manifest.rows.items():
        if rows.get(name) != count:
            raise StoreError(
                f"The table {name} was not restored whole", got=rows.get(name), expected=count
            )


def _finish(making: Path, manifest: archive.Manifest, actor: Actor) -> int:
    """Bring the store to this program's version and prove it; its interactions."""
    ledger = open_ledger(making)
    try:
        django_setup.migrate()
        with transaction.atomic():
            write_line(actor, Act("restore", "store", details={"made_at": manifest.made_at}))
        finish_erasures(ledger)
        reapply_erasures(ledger)
        _prove(ledger)
        now = status(ledger)
        return now.journal + now.lake
    finally:
        connection.close()
        ledger.close()


def _prove(ledger: Ledger) -> None:
    for finding in verify(ledger):
        if not finding.holds:
            raise StoreError(f"The restored store is not whole: {finding.name}", got=finding.found)
