"""The registry knows every column and every file there is."""

from collections.abc import Iterable
from fnmatch import fnmatch

import pytest
from django.apps import apps

from rapport.ledger.api import IMPERSONAL_COLUMNS, IMPERSONAL_FILES, annotate
from rapport.office.api import LIBRARY_IMPERSONAL
from rapport.privacy.api import erase_customer, places
from rapport.web.stored import StoredFigures

from .conftest import OWNER, Store


@pytest.fixture
def used(store: Store) -> Store:
    """A store that was used for everything: figures, annotations, an erasure on its way."""
    with store.ledger.read() as snapshot:
        ids = snapshot.sql("SELECT id FROM stored")
    told = {"name": "sentiment", "value": 0.5, "model": "m", "version": "1"}
    for name, value in told.items():
        column = [value] * ids.num_rows
        ids = ids.append_column(name, [column])
    annotate(store.ledger, ids)
    StoredFigures(store.ledger.home).put("how many", "token", 3)
    (store.ledger.home / "retention.toml").touch()
    erase_customer(store.ledger, "ben", actor=OWNER)
    StoredFigures(store.ledger.home).put("how many", "token", 3)
    return store


def test_every_column_has_a_place_or_is_declared_impersonal(used: Store) -> None:
    ours = {
        f"{table.name}.{column}"
        for table in used.ledger.database.tables()
        for column in table.columns
    }
    ours |= {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.fields
        if field.name not in model.__dict__.get("IMPERSONAL", ())
    }
    known = {column for place in places() for column in place.columns}
    lost = {
        one for one in ours - known if not _matches(one, [*IMPERSONAL_COLUMNS, *LIBRARY_IMPERSONAL])
    }
    assert not lost, "give it a place in privacy/places.py, or say why it points to nobody"
    assert known <= ours, "a place answers for a column that is not there"


def test_every_file_has_a_place_or_is_declared_impersonal(used: Store) -> None:
    home = used.ledger.home
    files = [path.relative_to(home) for path in home.rglob("*") if path.is_file()]
    known = [pattern for place in places() for pattern in place.files]
    lost = [str(f) for f in files if not _matches(str(f), [*known, *IMPERSONAL_FILES])]
    assert not lost, "give it a place in privacy/places.py, or say why it points to nobody"


def test_a_place_says_what_lies_there_and_how_it_goes() -> None:
    for place in places():
        assert len(place.holds.split()) > 3, place.name
        assert place.erasing, place.name


def test_the_lakes_log_holds_no_values(used: Store) -> None:
    log = used.ledger.home / "lake" / "_delta_log"
    text = "".join(path.read_text("utf-8") for path in log.glob("*.json"))
    assert "ana" not in text
    assert "minValues" not in text


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)
