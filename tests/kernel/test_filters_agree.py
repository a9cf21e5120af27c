"""DuckDB, the predicate and the ORM keep the same rows, whatever is asked of whatever rows."""

import json
from collections.abc import Iterator
from datetime import UTC, date, tzinfo
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from django.db import connections, models
from hypothesis import HealthCheck, given, settings
from sqlglot import exp

from rapport.kernel.filters import Expression, Field, json_value, parse, to_predicate, to_sql
from rapport.kernel.filters.orm import to_q

from .random_filters import VOCABULARY, ZONES, rows, trees

ALIAS = "filters"
EPOCH = date(1970, 1, 1).toordinal()
# Where the ORM keeps what the ledger keeps in JSON or under a name that is no Python word.
COLUMNS = {
    "Invoice No": "invoice",
    "properties.country": "country",
    "properties.utm.`source": "source",
}
ARROW = pa.schema(
    [
        ("id", pa.int64()),
        ("channel", pa.string()),
        ("text", pa.string()),
        ("score", pa.float64()),
        ("amount", pa.decimal128(18, 4)),
        ("visits", pa.int64()),
        ("occurred_at", pa.timestamp("us", tz="UTC")),
        ("day", pa.int32()),
        ("automated", pa.bool_()),
        ("Invoice No", pa.string()),
        ("properties", pa.string()),
    ]
)


class Interaction(models.Model):
    channel = models.TextField(null=True)
    text = models.TextField(null=True)
    score = models.FloatField(null=True)
    amount = models.DecimalField(null=True, max_digits=18, decimal_places=4)
    visits = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    automated = models.BooleanField(null=True)
    invoice = models.TextField(null=True)
    country = models.TextField(null=True)
    source = models.TextField(null=True)

    class Meta:
        app_label = "kernel_filters"


@pytest.fixture(scope="module", autouse=True)
def orm(django_db_blocker: Any) -> Iterator[None]:
    """A database in memory of its own, so that no other room's tables are needed."""
    with django_db_blocker.unblock():
        own = {**connections.databases["default"], "NAME": ":memory:", "OPTIONS": {}}
        connections.databases[ALIAS] = own
        with connections[ALIAS].schema_editor() as editor:
            editor.create_model(Interaction)
        yield
        connections[ALIAS].close()
        del connections[ALIAS], connections.databases[ALIAS]


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees(), found=rows(), zone=ZONES)
def test_all_three_keep_the_same_rows(
    engine: duckdb.DuckDBPyConnection, tree: Expression, found: list[dict[str, Any]], zone: tzinfo
) -> None:
    ledger = [_as_kept_in_the_ledger(number, row) for number, row in enumerate(found)]
    keeps = to_predicate(tree, zone=zone)
    by_predicate = {row["id"] for row in ledger if keeps(row)}
    assert _kept_by_duckdb(engine, tree, ledger, zone) == by_predicate, str(tree)
    assert _kept_by_orm(tree, found, zone) == by_predicate, str(tree)


def _as_kept_in_the_ledger(number: int, row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in ("country", "source")}
    inside = {"country": row["country"], "utm.`source": row["source"]}
    day = None if row["day"] is None else row["day"].toordinal() - EPOCH
    return {**kept, "id": number, "day": day, "properties": json.dumps(inside)}


def _kept_by_duckdb(
    engine: duckdb.DuckDBPyConnection,
    tree: Expression,
    ledger: list[dict[str, Any]],
    zone: tzinfo,
) -> set[int]:
    def resolve(field: Field) -> exp.Expr:
        if field.parts[0] == "properties":
            return json_value(exp.column("properties"), field.parts[1:])
        return exp.column(field.name, quoted=True)

    engine.register("ledger", pa.Table.from_pylist(ledger, schema=ARROW))
    query = exp.select("id").from_("ledger").where(to_sql(tree, resolve, zone=zone))
    return {number for (number,) in engine.execute(query.sql("duckdb")).fetchall()}


def _kept_by_orm(tree: Expression, found: list[dict[str, Any]], zone: tzinfo) -> set[int]:
    stored = Interaction.objects.using(ALIAS)
    stored.all().delete()
    named = [{COLUMNS.get(name, name): value for name, value in row.items()} for row in found]
    stored.bulk_create(Interaction(id=number, **row) for number, row in enumerate(named))
    condition = to_q(tree, lambda field: COLUMNS.get(field.name, field.name), zone=zone)
    return set(stored.filter(condition).values_list("id", flat=True))


@pytest.mark.parametrize("joined", ["or", "and"])
def test_the_longest_filters_still_run(engine: duckdb.DuckDBPyConnection, joined: str) -> None:
    text = f" {joined} ".join(["not (score != 7)"] * 400)
    tree = parse(text, VOCABULARY)
    row = dict.fromkeys(("country", "source", "day")) | {"score": 7.0}
    ledger = [_as_kept_in_the_ledger(0, row)]
    assert _kept_by_duckdb(engine, tree, ledger, UTC) == {0}
    assert _kept_by_orm(tree, [row], UTC) == {0}


def test_a_list_of_four_hundred_days_still_runs(engine: duckdb.DuckDBPyConnection) -> None:
    days = ", ".join(["2025-01-31"] * 399)
    tree = parse(f"occurred_at not in ({days})", VOCABULARY)
    row = dict.fromkeys(("country", "source", "day", "occurred_at"))
    assert _kept_by_duckdb(engine, tree, [_as_kept_in_the_ledger(0, row)], UTC) == {0}
    assert _kept_by_orm(tree, [row], UTC) == {0}


def test_numbers_in_json_are_read_alike_by_duckdb_and_predicate(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    values = ["5", "5.0", "5e0", '"5"', "5.5", "true", '"true"', "null", '"abc"', '""', "-0.0"]
    ledger = [
        {"id": number, "properties": f'{{"country": {value}}}'}
        for number, value in enumerate(values)
    ]
    for asked in ("= 5", "!= 5", "= '5'", "= true", "is empty", "> 0", "= '5.0'", "= 0"):
        tree = parse(f"properties.country {asked}", VOCABULARY)
        keeps = to_predicate(tree)
        kept = {row["id"] for row in ledger if keeps(row)}
        assert _kept_by_duckdb(engine, tree, ledger, UTC) == kept, asked
