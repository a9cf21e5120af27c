"""DuckDB, the predicate and the ORM keep the same rows, whatever is asked of whatever rows."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from django.db import connections, models
from hypothesis import HealthCheck, given, settings
from sqlglot import exp

from rapport.kernel.filters import Expression, Field, json_value, parse, to_predicate, to_sql
from rapport.kernel.filters.orm import to_q

from .random_filters import ARROW, VOCABULARY, ZONES, as_kept_in_the_ledger, rows, trees

ALIAS = "filters"
# Where the ORM keeps what the ledger keeps in JSON or under a name that is no Python word.
COLUMNS = {
    "Invoice No": "invoice",
    "properties.country": "country",
    "properties.utm.`source": "source",
}


class Interaction(models.Model):
    channel: Any = models.TextField(null=True)
    text: Any = models.TextField(null=True)
    score: Any = models.FloatField(null=True)
    amount: Any = models.DecimalField(null=True, max_digits=18, decimal_places=4)
    visits: Any = models.BigIntegerField(null=True)
    occurred_at: Any = models.DateTimeField(null=True)
    day: Any = models.DateField(null=True)
    automated: Any = models.BooleanField(null=True)
    invoice: Any = models.TextField(null=True)
    country: Any = models.TextField(null=True)
    source: Any = models.TextField(null=True)

    class Meta:
        app_label = "kernel_filters"


ROWS = rows(300, seed=1)
LEDGER = [as_kept_in_the_ledger(number, row) for number, row in enumerate(ROWS)]


@pytest.fixture(scope="module", autouse=True)
def orm(django_db_blocker: Any) -> Iterator[None]:
    """A database in memory of its own, so that no other room's tables are needed."""
    with django_db_blocker.unblock():
        own = {**connections.databases["default"], "NAME": ":memory:", "OPTIONS": {}}
        connections.databases[ALIAS] = own
        with connections[ALIAS].schema_editor() as editor:
            editor.create_model(Interaction)
        _store_for_orm(ROWS)
        yield
        connections[ALIAS].close()
        del connections[ALIAS], connections.databases[ALIAS]


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        _store_for_duckdb(connection, LEDGER)
        yield connection


@settings(max_examples=350, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees(), zone=ZONES)
def test_all_three_keep_the_same_rows(
    engine: duckdb.DuckDBPyConnection, tree: Expression, zone: tzinfo
) -> None:
    keeps = to_predicate(tree, zone=zone)
    by_predicate = {row["id"] for row in LEDGER if keeps(row)}
    assert _kept_by_duckdb(engine, tree, zone) == by_predicate, str(tree)
    assert _kept_by_orm(tree, zone) == by_predicate, str(tree)


@pytest.mark.parametrize(
    "condition",
    [
        *("score >= -1", "score > 10", "score < 5", "score = 0", "score != 0", "score is empty"),
        *("score between 5 and 10", "score in (0.1, 5)", "visits > 9007199254740992"),
    ],
)
@pytest.mark.parametrize("negation", ["", "not "])
def test_numbers_that_are_none_are_absent_for_all_three(
    engine: duckdb.DuckDBPyConnection, condition: str, negation: str
) -> None:
    tree = parse(negation + condition, VOCABULARY)
    keeps = to_predicate(tree)
    by_predicate = {row["id"] for row in LEDGER if keeps(row)}
    assert _kept_by_duckdb(engine, tree, UTC) == by_predicate
    assert _kept_by_orm(tree, UTC) == by_predicate


@pytest.mark.parametrize("joined", ["or", "and"])
def test_the_longest_filters_still_run(engine: duckdb.DuckDBPyConnection, joined: str) -> None:
    short = parse("not (score != 7.5)", VOCABULARY)
    long = parse(f" {joined} ".join(["not (score != 7.5)"] * 400), VOCABULARY)
    expected = _kept_by_orm(short, UTC)
    assert expected
    assert _kept_by_duckdb(engine, long, UTC) == _kept_by_orm(long, UTC) == expected


def test_a_list_of_four_hundred_days_still_runs(engine: duckdb.DuckDBPyConnection) -> None:
    days = ", ".join(["2025-01-31"] * 400)
    short, long = (
        parse(text, VOCABULARY)
        for text in ("occurred_at != 2025-01-31", f"occurred_at not in ({days})")
    )
    expected = _kept_by_orm(short, UTC)
    assert expected
    assert _kept_by_duckdb(engine, long, UTC) == _kept_by_orm(long, UTC) == expected


@pytest.mark.parametrize(
    "asked", ["= 5", "!= 5", "= '5'", "= true", "is empty", "> 0", "= '5.0'", "= 0"]
)
def test_values_in_json_are_read_alike_by_duckdb_and_predicate(asked: str) -> None:
    values = ["5", "5.0", "5e0", '"5"', "5.5", "true", '"true"', "null", '"abc"', '""', "-0.0"]
    ledger = [
        {"id": number, "properties": f'{{"country": {value}}}'}
        for number, value in enumerate(values)
    ]
    tree = parse(f"properties.country {asked}", VOCABULARY)
    keeps = to_predicate(tree)
    with duckdb.connect() as engine:
        _store_for_duckdb(engine, ledger)
        kept = _kept_by_duckdb(engine, tree, UTC)
    assert kept == {row["id"] for row in ledger if keeps(row)}


def _store_for_duckdb(engine: duckdb.DuckDBPyConnection, ledger: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(ledger, schema=ARROW)
    engine.register("arriving", table)
    engine.execute("CREATE TABLE ledger AS SELECT * FROM arriving")


def _store_for_orm(found: list[dict[str, Any]]) -> None:
    named = [{COLUMNS.get(name, name): value for name, value in row.items()} for row in found]
    stored = Interaction.objects.using(ALIAS)
    stored.bulk_create(Interaction(id=number, **row) for number, row in enumerate(named))


def _kept_by_duckdb(engine: duckdb.DuckDBPyConnection, tree: Expression, zone: tzinfo) -> set[int]:
    def resolve(field: Field) -> exp.Expr:
        if field.parts[0] == "properties":
            return json_value(exp.column("properties"), field.parts[1:])
        return exp.column(field.name, quoted=True)

    query = exp.select("id").from_("ledger").where(to_sql(tree, resolve, zone=zone))
    return {number for (number,) in engine.execute(query.sql("duckdb")).fetchall()}


def _kept_by_orm(tree: Expression, zone: tzinfo) -> set[int]:
    condition = to_q(tree, lambda field: COLUMNS.get(field.name, field.name), zone=zone)
    stored = Interaction.objects.using(ALIAS)
    return set(stored.filter(condition).values_list("id", flat=True))
