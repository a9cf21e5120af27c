"""The text of a query as Spark reads it, printed from SQLGlot's tree; nothing is approximated.

SQLGlot prints functions it does not know unchanged and turns an exact percentile into an
approximate one, both without a word (decision 0003). So only functions whose meaning on Spark was
compared with DuckDB's are let through, and what two engines spell alike but read differently is
printed in another way or refused.
"""

from collections.abc import Callable
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.generator import Generator
from sqlglot.generators.spark import SparkGenerator

from rapport.kernel.errors import InputError

# Names as SQLGlot calls them. tests/ledger/test_spelling.py compares what each gives.
EXACT: frozenset[str] = frozenset(
    {
        "ABS", "AND", "CASE", "CAST", "COALESCE", "COUNT", "DATEDIFF", "ENDS_WITH", "FLOOR", "IF",
        "IS_NAN", "JSON_EXTRACT_SCALAR", "LAG", "LEAD", "MAX", "MEDIAN", "MIN", "NULLIF", "OR",
        "PERCENTILE_CONT", "RANK", "REGEXP_LIKE", "ROW_NUMBER", "SQRT", "STARTS_WITH", "SUM",
        "TRY_CAST",
    }
)  # fmt: skip

_REFUSED_IN_KEYS = frozenset("'?\\")
# Texts that DuckDB reads as a number or a day; Spark also takes "1d" for 1 and "2025" for a day.
_NUMBER = (
    r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
    r"|^\s*[+-]?([iI][nN][fF]([iI][nN][iI][tT][yY])?|[nN][aA][nN])\s*$"
)
_DAY = r"^\s*([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?![0-9])"


def _percentile(printer: Generator, call: exp.WithinGroup | exp.PercentileCont) -> str:
    """`percentile(x, p)` interpolates as PERCENTILE_CONT does; SQLGlot's choice does not."""
    order = call.expression if isinstance(call.expression, exp.Order) else None
    within = isinstance(call, exp.WithinGroup)
    if (within and not isinstance(call.this, exp.PercentileCont)) or _from_above(order):
        raise InputError("This aggregate has no spelling on Spark", got=call.sql("duckdb"))
    if within and order is not None:
        return printer.func("PERCENTILE", order.expressions[0].this, call.this.this)
    return printer.func("PERCENTILE", call.this, order.this if order else call.expression)


def _from_above(order: exp.Order | None) -> bool:
    return order is not None and bool(order.expressions[0].args.get("desc"))


def _try_cast(printer: Generator, cast: exp.TryCast) -> str:
    """Only what DuckDB reads too is read; the rest is NULL, as there."""
    text = f"CAST({printer.sql(cast.this)} AS STRING)"
    if cast.to.this == exp.DataType.Type.DOUBLE:
        matched = f"{text} RLIKE {_text(printer, _NUMBER)}"
        return f"CASE WHEN {matched} THEN TRY_CAST({text} AS DOUBLE) END"
    if cast.to.this == exp.DataType.Type.DATE:
        day = f"REGEXP_EXTRACT(TRANSLATE({text}, '/', '-'), {_text(printer, _DAY)}, 1)"
        return f"TRY_CAST({day} AS DATE)"
    raise InputError("This cast was not compared between DuckDB and Spark", got=cast.sql("duckdb"))


def _is_nan(printer: Generator, call: exp.IsNan) -> str:
    """NULL for NULL; Spark's own function says FALSE, which NOT turns into TRUE."""
    return f"({printer.sql(call.this)} = CAST('NaN' AS DOUBLE))"


def _text(printer: Generator, text: str) -> str:
    return printer.sql(exp.Literal.string(text))


def _day_difference(printer: Generator, call: exp.DateDiff) -> str:
    """Days begun between two moments; Spark's form with a unit counts whole ones."""
    if call.text("unit").upper() != "DAY":
        raise InputError("Only days have the same difference on Spark", got=call.sql("duckdb"))
    ends = [exp.cast(end.copy(), "DATE") for end in (call.this, call.expression)]
    return printer.func("DATEDIFF", *ends)


class _Printer(SparkGenerator):
    """Spark's printer without the approximations; for trees that `_go_over` has seen."""

    TRANSFORMS: ClassVar[dict[type[exp.Expr], Callable[..., str]]] = {
        **SparkGenerator.TRANSFORMS,
        exp.WithinGroup: _percentile,
        exp.TryCast: _try_cast,
        exp.IsNan: _is_nan,
        exp.DateDiff: _day_difference,
        exp.PercentileCont: _percentile,
    }


def for_spark(query: str, *, pretty: bool = False) -> str:
    """The text for Spark of a query in DuckDB's spelling.

    Raises:
        InputError: it cannot be read, or says something that Spark would answer otherwise.

    >>> for_spark("SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY x) AS p FROM t")
    'SELECT PERCENTILE(x, 0.9) AS p FROM t'
    >>> for_spark("SELECT a / 1e2 AS b FROM t")
    'SELECT CAST(a AS DOUBLE) / 1e2 AS b FROM t'
    """
    try:
        tree = sqlglot.parse_one(query, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise InputError("The query cannot be run", got=str(error).splitlines()[0]) from None
    for node in list(tree.walk()):
        _go_over(node)
    return _Printer(dialect=Spark(), pretty=pretty).generate(tree, copy=False)


def _go_over(node: exp.Expr) -> None:
    match node:
        case exp.Div():
            # Where both sides are DECIMAL, Spark keeps six digits and DuckDB a double.
            node.set("this", exp.cast(node.this, "DOUBLE"))
        case exp.CTE():
            # A hint for DuckDB that Spark cannot read; it never keeps such relations anyway.
            node.set("materialized", None)
        case exp.Cast():
            _check_cast(node)
        case exp.JSONExtractScalar():
            _check_path(node.expression)
    if isinstance(node, exp.Func):
        _check_function(node)


def _check_function(call: exp.Func) -> None:
    name = (call.name if isinstance(call, exp.Anonymous) else call.sql_name()).upper()
    if isinstance(call, exp.Anonymous) or name not in EXACT:
        raise InputError(
            f"The function {name.lower()} was not compared between DuckDB and Spark",
            expected="one of " + ", ".join(sorted(EXACT)).lower(),
            hint="Ask with --engine duckdb, or widen the list with a test on both engines.",
        )


def _check_cast(cast: exp.Cast) -> None:
    """DuckDB rounds what it casts to a whole number, Spark cuts it off."""
    whole = cast.to.this in exp.DataType.INTEGER_TYPES
    exact = isinstance(cast.this, exp.Floor | exp.Predicate | exp.Connector | exp.Not)
    if whole and not exact:
        raise InputError(
            "A cast to a whole number rounds on one engine and cuts off on the other",
            got=cast.sql("duckdb"),
            hint="Write CAST(floor(x) AS BIGINT).",
        )


def _check_path(path: exp.Expr) -> None:
    """Spark finds nothing, and says nothing, where its JSON path cannot hold a key."""
    keys = [str(key.this) for key in path.find_all(exp.JSONPathKey)]
    spelled = isinstance(path, exp.JSONPath) and len(keys) == len(path.expressions) - 1
    if not spelled or any(key == "*" or set(key) & _REFUSED_IN_KEYS for key in keys):
        raise InputError(
            "Spark cannot look this up in JSON",
            got=path.sql("duckdb"),
            hint="Ask with --engine duckdb instead.",
        )
