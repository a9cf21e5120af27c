"""A file that somebody brings is theirs alone, and does not stay."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from rapport.kernel.errors import ForbiddenError, InputError, MappingError, NotFoundError
from rapport.listening.api import (
    cancel_upload,
    drop_upload,
    find_upload,
    forget_old_uploads,
    keep_upload,
    map_upload,
    start_upload,
    uploads,
)
from rapport.listening.uploads.keeping import safe_name
from rapport.office.api import Actor, as_stored

MAPPING = 'source = "s"\n[fields]\noccurred_at = "at"\nkind = { value = "order.completed" }\n'
ANA = Actor("user:1", frozenset({"analyst"}))
BEN = Actor("user:2", frozenset({"owner"}))


@pytest.fixture
def number(store) -> int:
    """A file of Ana's."""
    path = store.file("at\n2025-01-01\n", "arrived")
    return keep_upload(store.ledger, path, "days.csv", actor=ANA, mapping=MAPPING)


def test_it_lies_in_the_home_under_its_own_name(store, number):
    found = find_upload(store.ledger, number, actor=ANA)
    assert found.path == store.ledger.home / "uploads" / str(number) / "days.csv"
    assert found.path.read_text() == "at\n2025-01-01\n"
    assert not (store.folder / "arrived").exists()


def test_nobody_else_sees_it(store, number):
    with pytest.raises(NotFoundError):
        find_upload(store.ledger, number, actor=BEN)
    assert uploads(store.ledger, actor=BEN) == []
    assert [one.id for one in uploads(store.ledger, actor=ANA)] == [number]


def test_who_may_not_import_may_not_bring_a_file(store):
    with pytest.raises(ForbiddenError):
        keep_upload(store.ledger, store.file("x"), "x", actor=Actor("user:3", frozenset({"agent"})))


def test_an_empty_file_is_refused(store):
    with pytest.raises(InputError, match="empty"):
        keep_upload(store.ledger, store.file(""), "x.csv", actor=ANA)


def test_what_the_worker_has_is_not_changed(store, number):
    start_upload(store.ledger, number, actor=ANA)
    for change in (
        lambda: map_upload(store.ledger, number, MAPPING, actor=ANA),
        lambda: start_upload(store.ledger, number, actor=ANA),
        lambda: drop_upload(store.ledger, number, actor=ANA),
    ):
        with pytest.raises(InputError, match="being worked on"):
            change()


def test_what_waits_is_cancelled_at_once(store, number):
    start_upload(store.ledger, number, actor=ANA)
    cancel_upload(store.ledger, number, actor=ANA)
    assert find_upload(store.ledger, number, actor=ANA).state == "cancelled"


def test_a_mapping_that_is_none_is_refused(store, number):
    with pytest.raises(MappingError):
        map_upload(store.ledger, number, "not toml", actor=ANA)
    assert find_upload(store.ledger, number, actor=ANA).mapping == MAPPING


def test_a_dropped_one_is_gone_with_its_file(store, number):
    path = find_upload(store.ledger, number, actor=ANA).path
    drop_upload(store.ledger, number, actor=ANA)
    assert not path.parent.exists()
    assert uploads(store.ledger, actor=ANA) == []


def test_after_a_day_it_goes_unless_the_worker_has_it(store, number):
    assert forget_old_uploads(store.ledger) == 0
    days_ago = as_stored(datetime.now(UTC) - timedelta(days=2))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE listening_upload SET changed_at = %s, state = 'running'", [days_ago])
        assert forget_old_uploads(store.ledger) == 0
        cursor.execute("UPDATE listening_upload SET state = 'failed'")
    assert forget_old_uploads(store.ledger) == 1
    assert list((store.ledger.home / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Bestellungen März.csv", "Bestellungen März.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\exports\\a.xlsx", "a.xlsx"),
        ("..", "file"),
        ("\x00\n", "file"),
        ("a" * 300 + ".csv.gz", "a" * 60 + ".gz"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("🙂" * 200 + ".csv", "🙂" * 60 + ".csv"),
    ],
)
def test_a_name_is_made_safe_for_any_disk(given, kept):
    assert safe_name(given) == kept
    assert len(safe_name(given).encode()) <= 255
