"""Sets Django up for commands, notebooks and the server: one process, one store."""

import os
from collections.abc import Iterable
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.api import has_store, refuse_newer
from rapport.web.migrating import WholeExecutor, bring_up_to_date

_OURS = ("office", "customers", "listening", "privacy")


def prepare(home: Path, *, update: bool = True) -> None:
    """Bind Django to the store at `home` and bring its tables to this program's version.

    Where there is no store yet nothing is made. Again with the same home it does nothing.

    Args:
        update: False leaves the tables as they are.

    Raises:
        InputError: this process already works on another store.
        StoreError: a newer program made the tables.
    """
    home = home.absolute()
    first = not apps.ready
    if first:
        os.environ["RAPPORT_HOME"] = str(home)
        os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.web.settings"
        django.setup()
    if home != settings.HOME and not _in_a_test_database():
        raise InputError(
            "One process works on one store",
            got=home,
            expected=settings.HOME,
            hint="Start another process (or restart the notebook) for the other store.",
        )
    if update and first and has_store(home):
        # A newer store stays as it is, also where only the ledger's tables are newer.
        refuse_newer(home)
        migrate()


def _in_a_test_database() -> bool:
    """Whether tests have put a database of their own in place, which belongs to no home."""
    name = str(connection.settings_dict["NAME"])
    return name.startswith(("test_", "file:memorydb"))


def migrate() -> None:
    """Make or update the tables of all rooms in the store that `prepare` named.

    Raises:
        StoreError: a newer program made these tables.
    """
    loader = MigrationLoader(connection)
    _refuse_newer(loader, loader.applied_migrations)
    if loader.disk_migrations.keys() - loader.applied_migrations.keys():
        bring_up_to_date(WholeExecutor(connection))


def make_tables(changes: Iterable[tuple[str, str]]) -> None:
    """Make the tables of all rooms as they were after these changes, by room and name.

    Raises:
        StoreError: a newer program made one of them.
    """
    loader = MigrationLoader(connection)
    wanted = {app: (app, name) for app, name in sorted(changes)}
    _refuse_newer(loader, changes)
    WholeExecutor(connection).migrate(list(wanted.values()))


def _refuse_newer(loader: MigrationLoader, changes: Iterable[tuple[str, str]]) -> None:
    unknown = sorted(
        f"{app} {name}"
        for app, name in changes
        if app in _OURS and (app, name) not in loader.disk_migrations
    )
    if unknown:
        raise StoreError(
            "The store was made by a newer version of Rapport",
            got=f"the unknown change {unknown[0]}",
            hint="Install the newer Rapport, or open another store.",
        )
