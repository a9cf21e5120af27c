"""An import of people is undone whole, or not at all."""

from collections.abc import Callable

import pyarrow as pa
import pytest
from django.db import connection

from rapport.customers.api import merge_customers, profile, put_customers, undo_people
from rapport.customers.tables import TABLES
from rapport.kernel.errors import ForbiddenError, InputError
from rapport.office.api import TABLES as OFFICE_TABLES
from rapport.office.api import Actor, UndoReport, latest_lines, put_employees, put_units

pytestmark = pytest.mark.django_db
Rows = Callable[..., pa.Table]

FIRST = {"key": "ana", "account": "acme", "trait:tier": "gold", "consent:mail": "yes"}
SECOND = {"key": "ana", "account_name": "Acme", "account": "acme", "trait:tier": "iron"}
BEN = {"key": "ben", "identifier:email": "ben@x.example", "consent:mail": "no"}


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables that imports write (not the numbers the database gives)."""
    held = {}
    with connection.cursor() as cursor:
        for table in (*OFFICE_TABLES, *TABLES):
            columns = ", ".join(f'"{name}"' for name in table.columns)
            cursor.execute(f"SELECT {columns} FROM {table.name} ORDER BY {columns}")
            held[table.name] = cursor.fetchall()
    return held


def test_everything_is_as_it_was_before_the_import(ana: Actor, rows: Rows) -> None:
    put_customers(rows(FIRST), actor=ana, import_id=1)
    before = everything()
    put_units(rows({"key": "berlin"}), actor=ana, import_id=2)
    put_employees(
        rows({"key": "eve", "unit": "berlin", "hired": "2020-01-01"}), actor=ana, import_id=2
    )
    put_customers(rows(SECOND, BEN, SECOND | {"trait:tier": "tin"}), actor=ana, import_id=2)
    assert everything() != before
    report = undo_people(2, actor=ana)
    assert everything() == before
    assert report == UndoReport(restored=2, removed=5)


def test_moments_come_back_exactly(ana: Actor, rows: Rows) -> None:
    told = {"key": "ana", "first_known": "2024-01-01T10:00:00.250000+00:00"}
    put_customers(rows(told), actor=ana, import_id=1)
    put_customers(rows(told | {"first_known": "2023-01-01"}), actor=ana, import_id=2)
    undo_people(2, actor=ana)
    assert put_customers(rows(told), actor=ana).duplicate == 1


def test_imports_are_undone_in_turn(ana: Actor, rows: Rows) -> None:
    empty = everything()
    put_customers(rows(FIRST), actor=ana, import_id=1)
    put_customers(rows(SECOND), actor=ana, import_id=2)
    undo_people(2, actor=ana)
    undo_people(1, actor=ana)
    assert everything() == empty


def test_an_import_stays_when_its_rows_were_changed_since(ana: Actor, rows: Rows) -> None:
    put_customers(rows(FIRST, BEN), actor=ana, import_id=1)
    put_customers(rows(SECOND), actor=ana, import_id=2)
    before = everything()
    with pytest.raises(InputError, match=r"changed since.*customer ana"):
        undo_people(1, actor=ana)
    assert everything() == before


def test_a_change_by_hand_counts_as_a_change(ana: Actor, rows: Rows) -> None:
    put_customers(rows(FIRST), actor=ana, import_id=1)
    put_customers(rows(SECOND), actor=ana)
    with pytest.raises(InputError, match="changed since"):
        undo_people(1, actor=ana)


def test_an_import_stays_when_something_newer_points_to_it(ana: Actor, rows: Rows) -> None:
    put_customers(rows(FIRST, BEN), actor=ana, import_id=1)
    merge_customers("ana", "ben", actor=ana)
    with pytest.raises(InputError, match="something newer points to a row it made"):
        undo_people(1, actor=ana)
    assert profile("ben").key == "ana"


def test_the_same_file_after_an_undo_is_new_again(ana: Actor, rows: Rows) -> None:
    put_customers(rows(FIRST), actor=ana, import_id=1)
    undo_people(1, actor=ana)
    assert put_customers(rows(FIRST), actor=ana, import_id=2).stored == 1


def test_an_undo_of_nothing_is_nothing(ana: Actor) -> None:
    assert undo_people(99, actor=ana) == UndoReport(0, 0)
    assert latest_lines() == ()


def test_an_undo_is_in_the_audit(ana: Actor, rows: Rows) -> None:
    put_customers(rows(FIRST), actor=ana, import_id=1)
    undo_people(1, actor=ana)
    assert latest_lines(1)[0].act.verb == "undo_people"


def test_ben_may_not_undo(ben: Actor) -> None:
    with pytest.raises(ForbiddenError):
        undo_people(1, actor=ben)


def test_an_import_of_many_slices_is_undone_whole(ana: Actor) -> None:
    empty = everything()
    keys = [f"c{number}" for number in range(5_000)]
    emails = [f"c{number}@x.example" for number in range(5_000)]
    put_customers(pa.table({"key": keys, "identifier:email": emails}), actor=ana, import_id=1)
    assert undo_people(1, actor=ana).removed == 10_000
    assert everything() == empty
