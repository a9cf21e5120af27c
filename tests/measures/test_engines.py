"""DuckDB and Spark give the same answers: whole ones, of every definition, over one store.

All that needs Spark is in this file, so that one Spark serves it all.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

import rapport
from rapport.demo.api import COMPANY, CURRENCY, ZONE, company
from rapport.kernel.errors import InputError, StoreError
from rapport.kernel.figures import Figure
from rapport.kernel.filters import Expression, Field, json_value, to_sql
from rapport.ledger.api import Ledger, Settings, Snapshot, annotate, create_ledger, seal, status
from rapport.ledger.engines.spelling import EXACT
from rapport.measures.api import all_measures, compute, explain, interactions, rows_behind
from rapport.measures.definition import ParameterValue
from rapport.measures.portable import ALLOWED
from tests.kernel.random_filters import ARROW, as_kept_in_the_ledger, rows, trees
from tests.requirements import needs

CUSTOMERS = 3_500
TAIL = 5_000
TOLERANCE = 1e-9
WHOLE = ("nps", "first_reply_wait", "average_order_value", "retention_repeat")


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
    ledger.publish("segments", _segments(made.customers()))
    annotate(ledger, _annotations(ledger))
    assert whole.num_rows > 100_000
    assert status(ledger).journal == TAIL
    with pytest.MonkeyPatch.context() as patch:
        # A short life is worth neither the second compiler nor a collector beside the work.
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        patch.setenv("RAPPORT_MEMORY", "1GB")
        with ledger.read() as duckdb, ledger.read("spark") as spark:
            yield Engines(ledger, duckdb, spark)
    ledger.close()


def _published(customers: pa.Table) -> pa.Table:
    none = pa.nulls(customers.num_rows, pa.string())
    columns = {"key": customers["key"], "account": customers["account"], "unit": none}
    return pa.table({**columns, "traits": customers["traits"]})


def _segments(customers: pa.Table) -> pa.Table:
    """Every second customer was in `even` for a year, and every third is in `third`."""
    keys = customers["key"].to_pylist()
    year = int(datetime(2025, 11, 1, tzinfo=UTC).timestamp()) * 1_000_000
    rows = [("even", key, 0, year) for key in keys[::2]]
    rows += [("third", key, year // 2, None) for key in keys[::3]]
    names = ("segment", "customer", "from_t", "to_t")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _annotations(ledger: Ledger) -> pa.Table:
    """What two versions of a model say of some texts; the values are made of the ids."""
    with ledger.read() as snapshot:
        return snapshot.sql("""
            SELECT id, 'sentiment' AS name, (t % 21 - 10) / 10 AS value, 'lexicon' AS model,
                CAST(v AS VARCHAR) AS version
            FROM interactions, (VALUES (1), (2)) AS versions(v)
            WHERE text IS NOT NULL AND t % 3 < v
        """)


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
    """What is asked of every definition; `whole`, without groups, of one of each way to count."""
    asked: dict[str, dict[str, Any]] = {
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
    if name in WHOLE:
        asked["whole"] = {"first_day": "2025-06-01", "last_day": "2026-03-31"}
        asked["segments"] = {
            "first_day": "2025-06-01",
            "last_day": "2026-03-31",
            "where": ["not (segment = 'third' and channel = web) or segment in ('even', 'none')"],
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


def test_a_notebook_may_ask_spark(engines: Engines) -> None:
    shop = rapport.open(engines.ledger.home)
    ours = shop.measure("nps", by="channel")
    assert differences(list(ours), list(shop.measure("nps", by="channel", engine="spark"))) == []


def test_what_is_explained_is_what_spark_runs(engines: Engines) -> None:
    told = explain(engines.spark, "nps", by=["properties.seat"])
    assert "GET_JSON_OBJECT" in told
    assert "->>" not in told


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


@pytest.mark.parametrize(
    "query", ["SELEC 1", "SELECT nothing FROM interactions", "SELECT * FROM x"]
)
def test_a_query_that_cannot_be_run_is_told_alike(engines: Engines, query: str) -> None:
    said = []
    for snapshot in (engines.duckdb, engines.spark):
        with pytest.raises(InputError, match="cannot be run") as told:
            snapshot.sql(query)
        said.append(str(told.value))
    assert said[0] == said[1]


def test_what_spark_alone_cannot_answer_is_the_fault_of_the_query(engines: Engines) -> None:
    with pytest.raises(InputError, match=r"overflow|Overflow"):
        engines.spark.sql("SELECT sum(t * 1000) AS x FROM interactions")


def test_a_data_file_that_goes_while_spark_reads_is_told(engines: Engines, tmp_path: Path) -> None:
    ledger = create_ledger(tmp_path / "home")
    moment = pa.array([datetime(2025, 1, 1, tzinfo=UTC)], pa.timestamp("us", tz="UTC"))
    ledger.load([pa.table({"occurred_at": moment, "kind": ["page.viewed"]})], "test")
    seal(ledger)
    (file,) = ledger.lake.root.glob("ym=*/*.parquet")
    with ledger.read("spark") as snapshot:
        file.unlink()
        with pytest.raises(StoreError, match="ledger verify"):
            snapshot.sql("SELECT max(kind) AS x FROM interactions")
    ledger.close()


def test_a_path_that_looks_like_a_pattern_is_read_as_it_is(
    engines: Engines, tmp_path: Path
) -> None:
    ledger = create_ledger(tmp_path / "home [a-b] 50% {c}")
    moment = pa.array([datetime(2025, 1, 1, tzinfo=UTC)], pa.timestamp("us", tz="UTC"))
    ledger.load([pa.table({"occurred_at": moment, "kind": ["page.viewed"]})], "test")
    seal(ledger)
    with ledger.read("spark") as snapshot:
        assert snapshot.sql("SELECT kind FROM interactions")["kind"].to_pylist() == ["page.viewed"]
    ledger.close()


# What each function gives is compared over rows with the edges in them: nulls, signs, ties, texts
# that are nearly numbers or days, keys that are missing.
ROWS = pa.table(
    {
        "n": pa.array([1, 2, 3, 4, 5, 6, 7, None], pa.int64()),
        "g": ["a", "a", "a", "b", "b", "b", None, None],
        "x": [-2.5, -0.5, 0.5, 1.5, 2.5, float("nan"), None, 1e300],
        "m": pa.array(["-1.5", "0.25", "0.25", None, "7", "2", "3", "9.9999"]).cast(
            pa.decimal128(18, 4)
        ),
        "s": ["1", " 1.5 ", "1d", "0x1p3", "-Infinity", "abc", "", None],
        "d": ["2025-01-05", "2025-1-5", "2025", "2025-01", "2025/01/05", "2025-02-30", "x",
              None],
        "o": ["2025-01-05T23:59:59", "2025-01-051", " 2025-01-05 x", "20250105", "1e400", "1e",
              "+3", ".5"],
        "f": [True, False, None, True, False, None, True, False],
        "j": ['{"k": "v", "a b": 1}', '{"k": 12}', '{"k": 1.5}', '{"k": true}', '{"k": null}',
              '{"k": {"l": "äß\\n"}}', "{}", None],
    }
)  # fmt: skip

ASKED = {
    "ABS": "abs(x), abs(n)",
    "AND": "f AND n > 2, f AND NULL",
    "OR": "f OR n > 2, f OR NULL",
    "CASE": "CASE WHEN f THEN n END, CASE n WHEN 2 THEN 'two' ELSE g END",
    "IF": "if(f, n, 0)",
    "CAST": "CAST(n AS DOUBLE) / 36e8, CAST(n > 2 AS INT), CAST(m AS DOUBLE), n / 2, m / m",
    "COALESCE": "coalesce(g, s, '-')",
    "DATEDIFF": "date_diff('day', DATE '1970-01-01', try_cast(d AS DATE))",
    "FLOOR": "CAST(floor(n / 3) AS INT), CAST(floor(-n / 2) AS BIGINT), floor(m)",
    "NULLIF": "nullif(n, 3)",
    "SQRT": "sqrt(n)",
    "IS_NAN": "isnan(x)",
    "TRY_CAST": "try_cast(s AS DOUBLE), try_cast(o AS DOUBLE), try_cast(d AS DATE),"
    " try_cast(o AS DATE)",
    "REGEXP_LIKE": "regexp_matches(s, '[0-9]\\.'), regexp_matches(g, '^[aA]$')",
    "STARTS_WITH": "starts_with(s, '-'), starts_with(d, '2025')",
    "ENDS_WITH": "ends_with(d, '5')",
    "JSON_EXTRACT_SCALAR": "j ->> '$.k', j ->> '$.\"a b\"', j ->> '$.k.l'",
    "LAG": "lag(g) OVER (PARTITION BY f ORDER BY n), lag(n) OVER (ORDER BY x, n)",
    "LEAD": "lead(n) OVER (PARTITION BY g ORDER BY x DESC, n)",
    "RANK": "rank() OVER (ORDER BY m), rank() OVER (PARTITION BY g ORDER BY m DESC)",
    "ROW_NUMBER": "row_number() OVER (ORDER BY x, n)",
    "COUNT": "count(*) OVER (PARTITION BY g), count(x) OVER (PARTITION BY f)",
    "SUM": "sum(n) OVER w, sum(m) OVER w, sum(n * n) FILTER (WHERE f) OVER w",
    "MIN": "min(x) OVER w, min(g) OVER w, min(f) OVER (PARTITION BY g)",
    "MAX": "max(x) OVER w, max(m) OVER (PARTITION BY g), max(d) OVER w",
    "MEDIAN": "(SELECT median(n) FROM t), (SELECT median(m) FROM t)",
    "PERCENTILE_CONT": "(SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY n) FROM t),"
    " (SELECT quantile_cont(n, 0.25) FROM t)",
}  # fmt: skip


def test_every_function_that_is_let_through_is_compared() -> None:
    assert set(ASKED) == EXACT
    assert ALLOWED <= EXACT, "a definition may call what Spark was not compared on"


def test_a_function_means_the_same(engines: Engines) -> None:
    columns = {f"{name}_{n}": tree for name in ASKED for n, tree in enumerate(_columns(name))}
    listed = ", ".join(f"{tree.sql('duckdb')} AS {name}" for name, tree in columns.items())
    window = "WINDOW w AS (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    query = f"SELECT {listed}, n AS place FROM t {window} ORDER BY n"
    ours = engines.duckdb.sql(query, {"t": ROWS})
    theirs = engines.spark.sql(query, {"t": ROWS})
    assert theirs.schema == ours.schema
    # As text, where a NaN is like another.
    assert {name: str(theirs[name].to_pylist()) for name in columns} == {
        name: str(ours[name].to_pylist()) for name in columns
    }


def _columns(name: str) -> list[exp.Expr]:
    return sqlglot.parse_one(f"SELECT {ASKED[name]}", read="duckdb").expressions


FILTERED = pa.Table.from_pylist(
    [as_kept_in_the_ledger(n, row) for n, row in enumerate(rows(300, seed=1))], schema=ARROW
)


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=st.lists(trees(), min_size=30, max_size=30))
def test_a_filter_keeps_the_same_rows(engines: Engines, asked: list[Expression]) -> None:
    kept = [
        exp.alias_(exp.Case(ifs=[exp.If(this=to_sql(tree, _resolved), true=exp.true())]), f"c{n}")
        for n, tree in enumerate(asked)
    ]
    query = exp.select("id", *kept).from_("filtered").order_by("id").sql("duckdb")
    ours = engines.duckdb.sql(query, {"filtered": FILTERED})
    theirs = engines.spark.sql(query, {"filtered": FILTERED})
    wrong = [str(tree) for n, tree in enumerate(asked) if ours[f"c{n}"] != theirs[f"c{n}"]]
    assert wrong == []


def _resolved(field: Field) -> exp.Expr:
    if field.parts[0] == "properties":
        return json_value(exp.column("properties"), field.parts[1:])
    return exp.column(field.name, quoted=True)
