"""One SELECT over relations that are named, with functions that are named; all else is refused.

What runs is not the text that came but what SQLGlot prints of the tree that was looked at: no
comment, no second reading and no odd character is left to disagree about.
"""

from collections.abc import Collection, Iterator
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from rapport.kernel.errors import InputError, did_you_mean
from rapport.ledger.limited.words import BEFORE_BRACKETS, FUNCTIONS

LONGEST = 10_000
_REFUSED = (
    *(exp.DDL, exp.DML, exp.Command, exp.Into, exp.Copy, exp.Attach, exp.Detach, exp.Pragma),
    *(exp.Set, exp.Use, exp.Describe, exp.Summarize, exp.Show, exp.Parameter, exp.Placeholder),
    *(exp.SessionParameter, exp.Lock),
)
_READS_ROWS = (exp.Unnest, exp.GenerateSeries, exp.Lateral)
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
_HINT = "Ask with one SELECT over the relations that are listed."


def vetted(query: str, relations: Collection[str]) -> str:
    """The text to run for a question.

    Args:
        query: as somebody wrote it.
        relations: names it may read, in small letters.

    Raises:
        InputError: it cannot be read, or is anything else than one SELECT over those relations.
    """
    tree = _parsed(query)
    for node in tree.walk():
        if isinstance(node, _REFUSED):
            raise InputError("Only SELECT is answered", got=node.key.upper(), hint=_HINT)
        if isinstance(node, exp.Table):
            _check_table(node, relations)
    text = tree.sql("duckdb", comments=False)
    _check_functions(text)
    return text


def _parsed(query: str) -> exp.Query:
    if len(query) > LONGEST:
        raise InputError("The question is too long", got=f"{len(query):,} characters")
    try:
        found = [one for one in sqlglot.parse(query, read="duckdb") if one is not None]
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise InputError("The question cannot be read", got=_first_line(error)) from None
    if len(found) != 1:
        raise InputError("One question at a time", got=f"{len(found)} statements", hint=_HINT)
    (tree,) = found
    if not isinstance(tree, exp.Query):
        raise InputError("Only SELECT is answered", got=tree.key.upper(), hint=_HINT)
    return tree


def _check_table(table: exp.Table, relations: Collection[str]) -> None:
    if isinstance(table.this, exp.Func):
        called = table.this
        name = (called.name if isinstance(called, exp.Anonymous) else called.sql_name()).lower()
        if isinstance(called, _READS_ROWS) or name in _TABLE_FUNCTIONS:
            return
        raise InputError("This function is not allowed here", got=name, hint=_HINT)
    plain = isinstance(table.this, exp.Identifier) and not table.args.get("db")
    name = table.name.lower()
    if not plain or (name not in relations and name not in _common(table)):
        raise InputError(
            "There is no such relation",
            got=table.sql("duckdb", comments=False),
            expected=", ".join(sorted(relations)),
            hint=did_you_mean(name, sorted(relations)),
        )


def _common(table: exp.Table) -> Iterator[str]:
    """Names of the common table expressions in whose reach a table stands."""
    above = table.parent
    while above is not None:
        if isinstance(above, exp.Query):
            yield from (cte.alias.lower() for cte in above.ctes)
        above = above.parent


def _check_functions(text: str) -> None:
    """Whatever stands before a bracket is a function or a word of the language."""
    tokens = DuckDB().tokenize(text)
    for token, after in pairwise(tokens):
        if after.token_type.name != "L_PAREN" or not token.text.strip():
            continue
        word = token.text.lower()
        quoted = token.token_type.name == "IDENTIFIER"
        if token.token_type.name in ("STRING", "NUMBER") or not _is_word(word):
            continue
        if word not in (FUNCTIONS if quoted else BEFORE_BRACKETS):
            raise InputError(
                "This function is not allowed here",
                got=token.text,
                hint=did_you_mean(word, sorted(FUNCTIONS)) or _HINT,
            )


def _is_word(text: str) -> bool:
    return any(character.isalnum() or character == "_" for character in text)


def _first_line(error: Exception) -> str:
    # SQLGlot marks the place for a terminal; a page shows it as plain words.
    plain = str(error).replace("\x1b[4m", "").replace("\x1b[0m", "").strip()
    return plain.splitlines()[0] if plain else "it is nested too deeply"
