"""The tree of units: moved, renamed, remembered."""

import pyarrow as pa
import pytest

from rapport.kernel.errors import ChangedError, ForbiddenError, InputError, NotFoundError
from rapport.office.api import Actor, change_unit, put_units, unit_history, unit_tree

pytestmark = pytest.mark.django_db
OWNER = Actor.operator()


@pytest.fixture(autouse=True)
def _tree() -> None:
    table = pa.table({"key": ["all", "north", "south"], "name": ["All", "North", "South"]})
    put_units(table.append_column("parent", [[None, "all", "all"]]), actor=OWNER)


def test_the_tree_comes_in_order_with_its_depth() -> None:
    assert [(one.key, one.depth) for one in unit_tree()] == [("all", 0), ("north", 1), ("south", 1)]


def test_where_a_unit_was_is_remembered() -> None:
    change_unit("south", name="South", parent="north", was=("South", "all"), actor=OWNER)
    now, before = unit_history("south")
    assert (now.parent, now.until) == ("north", None)
    assert (before.parent, before.until) == ("all", now.since)


def test_a_unit_can_be_moved_to_the_top_and_renamed() -> None:
    change_unit("south", name="Süden", parent=None, was=("South", "all"), actor=OWNER)
    assert [(one.key, one.name) for one in unit_tree() if one.depth == 0] == [
        ("all", "All"),
        ("south", "Süden"),
    ]


def test_the_second_of_two_is_told() -> None:
    change_unit("south", name="Süden", parent="all", was=("South", "all"), actor=OWNER)
    with pytest.raises(ChangedError):
        change_unit("south", name="Sud", parent="all", was=("South", "all"), actor=OWNER)


def test_no_unit_lies_below_itself_or_nowhere(ben: Actor) -> None:
    with pytest.raises(InputError, match="below itself"):
        change_unit("all", name="All", parent="north", was=("All", None), actor=OWNER)
    with pytest.raises(InputError, match="Did you mean north"):
        change_unit("south", name="South", parent="nort", was=("South", "all"), actor=OWNER)
    with pytest.raises(NotFoundError):
        change_unit("mars", name="Mars", parent=None, was=("", None), actor=OWNER)
    with pytest.raises(ForbiddenError):
        change_unit("south", name="x", parent=None, was=("South", "all"), actor=ben)


def test_putting_the_same_again_adds_no_history() -> None:
    put_units(pa.table({"key": ["south"], "parent": ["all"]}), actor=OWNER)
    assert len(unit_history("south")) == 1


def test_who_sees_one_unit_changes_nothing_outside_of_it() -> None:
    ben = Actor("user:1", frozenset({"manager"}), frozenset({"north"}))
    keys = ["south", "north", "new", "shop"]
    rows = pa.table({"key": keys, "parent": ["north", "south", None, "north"]})
    report = put_units(rows, actor=ben)
    assert [(one.index, one.field) for one in report.rejected] == [
        *((0, "key"), (1, "parent")),
        (2, "parent"),
    ]
    assert put_units(pa.table({"key": ["north"], "parent": ["all"]}), actor=ben).duplicate == 1
    with pytest.raises(NotFoundError):
        change_unit("south", name="South", parent="north", was=("South", "all"), actor=ben)
    with pytest.raises(InputError):
        change_unit("north", name="North", parent="south", was=("North", "all"), actor=ben)
    change_unit("north", name="Nord", parent="all", was=("North", "all"), actor=ben)
