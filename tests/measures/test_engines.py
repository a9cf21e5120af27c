"""DuckDB and Spark give the same answers: whole ones, of every definition, over one store.

All that needs Spark is in this file, so that one Spark serves it all.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from rapport.demo.api import COMPANY, CURRENCY, ZONE, company
from rapport.kernel.figures import Figure
from rapport.ledger.api import Ledger, Settings, Snapshot, create_ledger, status
from rapport.measures.api import all_measures, compute, interactions, rows_behind
from rapport.measures.definition import ParameterValue
from tests.requirements import needs

CUSTOMERS = 3_500
TAIL = 5_000
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Engines:
    """The same moment of one store on both engines."""

    ledger: Ledger
    duckdb: Snapshot
    spark: Snapshot


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """About 100,000 interactions, the last in the journal; guests mapped, customers published."""
    needs("java")
    made = company(CUSTOMERS, seed=5)
    whole = pa.concat_tables(made.interactions())
    home: Path = tmp_path_factory.mktemp("engines") / "home"
    ledger = create_ledger(home, Settings(COMPANY, ZONE, 0, CURRENCY))
    ledger.load([whole.slice(0, whole.num_rows - TAIL)], "demo")
    ledger.load([whole.slice(whole.num_rows - TAIL)], "demo")
    ledger.publish("identity", made.identity())
    ledger.publish("customers", _published(made.customers()))
    assert whole.num_rows > 100_000
    assert status(ledger).journal == TAIL
    with pytest.MonkeyPatch.context() as patch:
        # A short life is not worth the second compiler.
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
        patch.setenv("RAPPORT_MEMORY", "1GB")
        with ledger.read() as duckdb, ledger.read("spark") as spark:
            yield Engines(ledger, duckdb, spark)
    ledger.close()


def _published(customers: pa.Table) -> pa.Table:
    none = pa.nulls(customers.num_rows, pa.string())
    columns = {"key": customers["key"], "account": customers["account"], "unit": none}
    return pa.table({**columns, "traits": customers["traits"]})


def _otherwise(name: str) -> dict[str, ParameterValue]:
    """Each choice the definition leaves open, taken another way than by default."""
    chosen: dict[str, ParameterValue] = {"minimum_n": 0}
    for parameter in all_measures()[name].parameters:
        if isinstance(parameter.default, bool):
            chosen[parameter.name] = not parameter.default
        elif parameter.choices and parameter.name != "scale":
            chosen[parameter.name] = parameter.choices[-1]
    return chosen


def _questions(name: str) -> dict[str, dict[str, Any]]:
    """What is asked of every definition."""
    asked: dict[str, dict[str, Any]] = {
        "whole": {"first_day": "2025-06-01", "last_day": "2026-03-31"},
        "by and every": {
            "by": ["channel"],
            "every": "month",
            "where": ["channel != phone and not text contains 'ärger'"],
            "parameters": {"minimum_n": 0},
        },
        "traits": {
            "by": ["customer.segment"],
            "every": "quarter",
            "first_day": "2025-02-10",
            "where": ["customer.birth_year > 1960", "occurred_at < 2026-09-02"],
            "parameters": _otherwise(name),
        },
    }
    if all_measures()[name].weightable:
        asked["weight"] = {"by": ["touchpoint"], "weight": "customer.birth_year"}
    return asked


CASES = [(name, question) for name in all_measures() for question in _questions(name)]


@pytest.mark.parametrize(("name", "question"), CASES)
def test_both_engines_give_the_same_figures(engines: Engines, name: str, question: str) -> None:
    asked = _questions(name)[question]
    ours = compute(engines.duckdb, name, **asked)
    theirs = compute(engines.spark, name, **asked)
    assert any(figure.n for figure in ours), f"the demo company has nothing for {name}"
    assert differences(ours, theirs) == []


def differences(ours: Sequence[Figure], theirs: Sequence[Figure]) -> list[str]:
    """Where two answers part, a line each."""
    if len(ours) != len(theirs):
        return [f"{len(ours)} figures and {len(theirs)}"]
    pairs = [(asdict(a), asdict(b)) for a, b in zip(ours, theirs, strict=True)]
    return [
        f"{a['period']} {a['by']} {name}: {a[name]} and {b[name]}"
        for a, b in pairs
        for name in a
        if not _same(a[name], b[name])
    ]


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return ours.keys() == theirs.keys() and all(_same(ours[k], theirs[k]) for k in ours)
    return type(ours) is type(theirs) and bool(ours == theirs)


def test_a_difference_is_noticed() -> None:
    figure = Figure(
        "nps",
        40.0,
        "points",
        3,
        1.0,
        50.0,
        0.95,
        "m",
        {"channel": "web"},
        "2025",
        "2025-01-01",
        "2025-12-31",
        None,
        None,
        "nps/1",
        None,
        {"easy": 0.5},
    )
    other = Figure(**{**asdict(figure), "value": 40.0 + 1e-6, "n": 4, "extra": {"easy": 0.6}})
    assert len(differences([figure], [other])) == 3
    assert differences([figure], []) == ["1 figures and 0"]


def test_rows_behind_a_figure_have_the_same_columns_and_count(engines: Engines) -> None:
    asked = {"by": ["channel"], "where": ["customer.segment = family"], "limit": 100_000}
    ours = rows_behind(engines.duckdb, "first_reply_wait", **asked)
    theirs = rows_behind(engines.spark, "first_reply_wait", **asked)
    assert ours.num_rows > 100
    assert _sorted(theirs).equals(_sorted(ours))


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in table.column_names])


def test_whole_interactions_are_the_same(engines: Engines) -> None:
    ours = interactions(engines.duckdb, where=["kind = survey.answered"])
    assert ours.num_rows > 1_000
    assert interactions(engines.spark, where=["kind = survey.answered"]).equals(ours)
