"""What is printed for Spark, and what is refused because Spark would answer it otherwise."""

import pytest

from rapport.kernel.errors import InputError
from rapport.ledger.engines.spelling import for_spark


def test_a_percentile_stays_exact() -> None:
    exact = "SELECT PERCENTILE(x, 0.9) AS p FROM t"
    assert for_spark("SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY x) AS p FROM t") == exact
    assert for_spark("SELECT quantile_cont(x, 0.9) AS p FROM t") == exact


@pytest.mark.parametrize(
    "query",
    [
        *("SELECT approx_quantile(x, 0.9) FROM t", "SELECT approx_count_distinct(x) FROM t"),
        *("SELECT epoch_us(x) FROM t", "SELECT hash(x) FROM t", "SELECT unheard_of(x) FROM t"),
        "SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY x DESC) FROM t",
        "SELECT mode() WITHIN GROUP (ORDER BY x) FROM t",
    ],
)
def test_what_was_not_compared_is_refused(query: str) -> None:
    with pytest.raises(InputError, match=r"not compared|no spelling"):
        for_spark(query)


def test_a_cast_that_rounds_on_one_engine_only_is_refused() -> None:
    with pytest.raises(InputError, match="floor"):
        for_spark("SELECT CAST(x AS INT) FROM t")
    assert for_spark("SELECT CAST(floor(x) AS INT) AS y FROM t").startswith("SELECT CAST(FLOOR(x)")
    assert for_spark("SELECT CAST(x > 1 AS INT) AS y FROM t").startswith("SELECT CAST(x > 1")


@pytest.mark.parametrize("path", ["""'$."it''s"'""", """'$."what?"'""", "'$.*'", "'$[0]'", "name"])
def test_a_key_that_spark_would_never_find_is_refused(path: str) -> None:
    with pytest.raises(InputError, match="JSON"):
        for_spark(f"SELECT properties ->> {path} FROM t")


def test_hints_for_duckdb_are_left_out() -> None:
    query = "WITH a AS NOT MATERIALIZED (SELECT 1 AS x) SELECT x FROM a"
    assert for_spark(query) == "WITH a AS (SELECT 1 AS x) SELECT x FROM a"


def test_what_is_no_sql_is_said() -> None:
    with pytest.raises(InputError, match="cannot be run"):
        for_spark("SELEC 1 FRM")
