"""The door of the room: what it says when a question cannot be answered, and how it explains."""

import json

import pyarrow as pa
import pytest

from rapport.kernel.errors import InputError, NotFoundError
from rapport.kernel.filters import FilterTextError
from rapport.ledger.snapshot import needs_customer
from rapport.measures.api import (
    all_measures,
    compute,
    explain,
    figures_table,
    interactions,
    rows_behind,
    to_json_rows,
)

from .handmade import HandmadeSnapshot, handmade


def answered(customer: str, score: float, **more: object) -> tuple[str, str, dict[str, object]]:
    fields = {"customer": customer, "scale": "nps", "score": score, **more}
    return ("2025-01-10T10:00", "survey.answered", fields)


def people() -> HandmadeSnapshot:
    return handmade(
        answered("ana", 10.0, properties={"seat row": "12"}),
        answered("ben", 0.0),
        customers={"ana": {"segment": "gold"}, "ben": {"segment": "basic"}},
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"by": ["chanel"]}, "Did you mean channel"),
        ({"every": "fortnight"}, "There is no period 'fortnight'"),
        ({"parameters": {"windw": 3}}, "has no parameter 'windw'"),
        ({"parameters": {"minimum_n": "few"}}, "a whole number"),
        ({"parameters": {"minimum_n": -1}}, "out of range"),
        ({"first_day": "2025-02-01", "last_day": "2025-01-01"}, "ends before it begins"),
        ({"first_day": "1.2.2025"}, "This is no day"),
        ({"confidence": 95}, "Write 0.95"),
        ({"weight": "scroe"}, "Did you mean score"),
        ({"by": "channel"}, "is a list"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(asked: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        compute(people(), "nps", **asked)  # type: ignore[arg-type]


def test_an_unknown_measure_names_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="Did you mean churn"):
        compute(people(), "chrun")


def test_a_filter_that_cannot_be_read_says_where() -> None:
    with pytest.raises(FilterTextError):
        compute(people(), "nps", where=["score >"])


@pytest.mark.parametrize("weight", ["score", ""])
def test_weights_are_refused_where_they_make_no_sense(weight: str) -> None:
    with pytest.raises(InputError, match="takes no weights"):
        compute(people(), "volume", weight=weight)


def test_an_empty_weight_is_no_field() -> None:
    with pytest.raises(InputError, match="no field"):
        compute(people(), "nps", weight="")


def test_traits_need_customers() -> None:
    with pytest.raises(InputError, match="no customers are in the store yet"):
        compute(handmade(answered("ana", 10.0)), "nps", by=["customer.segment"])


def test_traits_group_and_filter() -> None:
    found = compute(people(), "nps", by=["customer.segment"], parameters={"minimum_n": 1})
    assert [(f.by["customer.segment"], f.value) for f in found] == [("basic", -100), ("gold", 100)]
    [gold] = compute(people(), "volume", where=["customer.segment = gold"])
    assert gold.n == 1


def test_properties_with_odd_names_can_be_grouped_by() -> None:
    found = compute(people(), "volume", by=["properties.`seat row`"])
    assert [list(f.by.values()) for f in found] == [["12"], [None]]


def test_json_rows_have_the_promised_keys() -> None:
    [row] = to_json_rows(compute(people(), "nps", by=[], parameters={"minimum_n": 1}))
    expected = "measure value unit n low high confidence method by period from to programme filter"
    assert list(row) == [*expected.split(), "definition", "note", "extra"]
    assert json.loads(json.dumps(row))["period"] == "2025-01-10/2025-01-10"


def test_the_table_has_a_column_for_each_dimension() -> None:
    table = figures_table(compute(people(), "volume", by=["customer"], every="month"))
    assert table.column_names[:2] == ["customer", "measure"]
    assert table["value"].to_pylist() == [1.0, 1.0]


def test_rows_behind_are_the_answers_that_were_counted() -> None:
    found = rows_behind(people(), "nps", where=["score > 5"])
    assert found.select(["customer", "score"]).to_pylist() == [{"customer": "ana", "score": 10.0}]


@pytest.mark.parametrize("name", sorted(all_measures()))
def test_every_measure_explains_itself_with_sql_that_runs(name: str) -> None:
    snapshot = people()
    told = explain(snapshot, name, by=["channel"], every="month", where=["score > 1"])
    sql = told.split("SQL:\n")[1].split("\n\nInterval:")[0]
    assert isinstance(snapshot.sql(sql), pa.Table)
    assert all_measures()[name].source in told


@pytest.mark.parametrize("name", sorted(all_measures()))
def test_every_measure_answers_an_empty_ledger_with_nothing(name: str) -> None:
    assert compute(handmade(), name, every="month") == []


@pytest.mark.parametrize("name", sorted(all_measures()))
def test_every_measure_shows_its_rows(name: str) -> None:
    assert isinstance(rows_behind(people(), name, by=["channel"], limit=5), pa.Table)


def test_interactions_can_be_picked_without_a_measure() -> None:
    picked = interactions(people(), where=["score = 0"], columns=["customer", "customer.segment"])
    assert picked.to_pylist() == [{"customer": "ben", "customer.segment": "basic"}]


WITHOUT_CUSTOMER = [
    name for name, measure in all_measures().items() if "customer" not in measure.inputs
]


@pytest.mark.parametrize("name", WITHOUT_CUSTOMER)
def test_the_customer_is_not_read_where_the_definition_needs_none(name: str) -> None:
    # The ledger joins its identity map to every query that could see the customer.
    told = explain(people(), name, by=["channel"])
    assert not needs_customer(told.split("SQL:\n")[1].split("\n\nInterval:")[0])


def test_inputs_are_the_fields_the_sql_reads() -> None:
    for measure in all_measures().values():
        told = explain(people(), measure.name).split("SQL:")[1]
        assert [field for field in measure.inputs if field not in told] == []
