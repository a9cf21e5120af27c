"""Units, employees and touchpoints come in."""

from collections.abc import Callable

import pyarrow as pa
import pytest

from rapport.kernel.errors import ForbiddenError, InputError
from rapport.office.api import (
    Actor,
    employees,
    latest_lines,
    put_employees,
    put_touchpoints,
    put_units,
    touchpoints,
    units,
)

pytestmark = pytest.mark.django_db
Rows = Callable[..., pa.Table]


def test_units_form_a_tree_whatever_the_order_of_rows(ana: Actor, rows: Rows) -> None:
    told = rows({"key": "berlin", "parent": "europe"}, {"key": "europe", "name": "Europe"})
    assert put_units(told, actor=ana).stored == 2
    assert units().to_pylist()[0] == {"key": "berlin", "name": "", "parent": "europe"}


def test_the_same_rows_again_write_nothing(ana: Actor, rows: Rows) -> None:
    told = rows({"key": "berlin", "name": "Berlin"})
    put_units(told, actor=ana)
    again = put_units(told, actor=ana)
    assert (again.received, again.stored, again.duplicate) == (1, 0, 1)
    assert len(latest_lines()) == 1


def test_an_empty_cell_leaves_what_is_known(ana: Actor, rows: Rows) -> None:
    put_units(rows({"key": "berlin", "name": "Berlin"}), actor=ana)
    put_units(rows({"key": "berlin", "name": " "}), actor=ana)
    assert units()["name"].to_pylist() == ["Berlin"]


def test_an_unknown_parent_is_rejected_with_the_nearest_name(ana: Actor, rows: Rows) -> None:
    put_units(rows({"key": "europe"}), actor=ana)
    (rejected,) = put_units(rows({"key": "berlin", "parent": "europa"}), actor=ana).rejected
    assert (rejected.index, rejected.field, rejected.reason) == (0, "parent", "unknown_reference")
    assert rejected.expected == "the key of a known unit. Did you mean europe?"


def test_a_unit_under_a_rejected_one_is_rejected_too(ana: Actor, rows: Rows) -> None:
    told = rows({"key": "mitte", "parent": "berlin"}, {"key": "berlin", "parent": "nowhere"})
    assert [one.index for one in put_units(told, actor=ana).rejected] == [0, 1]
    assert units().num_rows == 0


def test_a_circle_of_units_is_rejected(ana: Actor, rows: Rows) -> None:
    told = rows({"key": "a", "parent": "b"}, {"key": "b", "parent": "a"}, {"key": "c"})
    report = put_units(told, actor=ana)
    assert (report.stored, len(report.rejected)) == (1, 2)
    assert report.rejected[0].got == "a under b under a"


def test_a_stored_unit_cannot_be_moved_under_its_own_child(ana: Actor, rows: Rows) -> None:
    put_units(rows({"key": "a"}, {"key": "b", "parent": "a"}), actor=ana)
    (rejected,) = put_units(rows({"key": "a", "parent": "b"}), actor=ana).rejected
    assert rejected.reason == "malformed"


def test_ben_is_an_employee_of_a_known_unit(ana: Actor, rows: Rows) -> None:
    put_units(rows({"key": "berlin"}), actor=ana)
    told = rows(
        {"key": "ben", "email": "Ben@Shop.example", "unit": "berlin", "hired": "2020-02-29"}
    )
    assert put_employees(told, actor=ana).stored == 1
    assert employees().to_pylist()[0]["email"] == "ben@shop.example"
    assert put_employees(told, actor=ana).duplicate == 1


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"key": None}, "key", "missing"),
        ({"key": "x" * 256}, "key", "out_of_range"),
        ({"key": "a\x00b"}, "key", "malformed"),
        ({"key": "ben", "email": "ben at home"}, "email", "malformed"),
        ({"key": "ben", "unit": "mars"}, "unit", "unknown_reference"),
        ({"key": "ben", "hired": "29.02.2020"}, "hired", "malformed"),
        ({"key": "ben", "hired": "2021-01-01", "left": "2020-01-01"}, "left", "out_of_range"),
    ],
)
def test_a_bad_row_is_rejected_and_a_good_one_kept(
    ana: Actor, rows: Rows, row: dict[str, str], field: str, reason: str
) -> None:
    report = put_employees(rows(row, {"key": "good"}), actor=ana)
    assert (report.received, report.stored) == (2, 1)
    assert [(one.index, one.field, one.reason) for one in report.rejected] == [(0, field, reason)]


def test_touchpoints_come_in_with_stage_and_channel(ana: Actor, rows: Rows) -> None:
    put_touchpoints(rows({"key": "checkout", "stage": "buy", "channel": "web"}), actor=ana)
    assert touchpoints().to_pylist()[0]["stage"] == "buy"


def test_an_unknown_column_is_refused_with_the_nearest(ana: Actor, rows: Rows) -> None:
    with pytest.raises(InputError, match="Did you mean parent"):
        put_units(rows({"key": "berlin", "parrent": "x"}), actor=ana)


def test_a_table_without_keys_is_refused(ana: Actor, rows: Rows) -> None:
    with pytest.raises(InputError, match="The column 'key' is missing"):
        put_units(rows({"name": "Berlin"}), actor=ana)


def test_ben_may_not_put_units(ben: Actor, rows: Rows) -> None:
    with pytest.raises(ForbiddenError):
        put_units(rows({"key": "berlin"}), actor=ben)
    assert units().num_rows == 0


def test_the_audit_says_who_did_what(ana: Actor, rows: Rows) -> None:
    put_units(rows({"key": "berlin"}), actor=ana, import_id=7)
    (line,) = latest_lines()
    assert (line.actor, line.act.verb, line.act.import_id) == ("person:1", "put_units", 7)
    assert line.act.details == {"rows": 1}
