"""The subset of SQL that DuckDB and Spark read alike, kept at registration.

SQLGlot passes functions it does not know through unchanged and turns some it knows into
approximations without a word, so a definition may only call what is listed here. Number
literals with a point are DECIMAL on Spark and DOUBLE on DuckDB when written 1e2, so that form
is asked for.
"""

from functools import lru_cache

import sqlglot
from sqlglot import exp

from rapport.kernel.errors import InputError

ALLOWED: frozenset[str] = frozenset(
    {
        "ABS", "AND", "CASE", "CAST", "COALESCE", "COUNT", "DATEDIFF", "FLOOR", "IF",
        "JSON_EXTRACT_SCALAR", "LAG", "LEAD", "MAX", "MEDIAN", "MIN", "NULLIF", "OR", "RANK",
        "ROW_NUMBER", "SQRT", "SUM", "TRY_CAST",
    }
)  # fmt: skip


@lru_cache(maxsize=512)
def parsed(sql: str) -> exp.Expr:
    """The tree of a SELECT or an expression; callers copy it before they change it.

    Raises:
        InputError: the text is no SQL, or calls a function outside the allow-list.
    """
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise InputError(f"This SQL cannot be read: {error}", got=sql.strip()) from None
    check(tree)
    return tree


def check(tree: exp.Expr) -> None:
    """Refuse what is not portable.

    Raises:
        InputError: naming the function or literal.
    """
    for call in tree.find_all(exp.Func):
        name = call.name if isinstance(call, exp.Anonymous) else call.sql_name()
        if isinstance(call, exp.Anonymous) or name.upper() not in ALLOWED:
            raise InputError(
                f"The function {name.lower()} is not portable between DuckDB and Spark",
                expected="one of " + ", ".join(sorted(ALLOWED)).lower(),
                hint="Say it with these, or widen the list with a test on both engines.",
            )
    for literal in tree.find_all(exp.Literal):
        if not literal.is_string and "." in literal.name and "e" not in literal.name.lower():
            raise InputError(
                f"The literal {literal.name} is a DECIMAL on one engine and a DOUBLE on the other",
                hint=f"Write {literal.name}e0.",
            )
