"""Finding customers: a small table of all their words, and one of when they were there.

Both are published beside the ledger (decision 0024). `words` has a row for each word of a customer
(of key, identifiers, traits, account; in small letters without accents) and one for the empty word,
with `interactions` and `last_t`; it is sorted by word, so that looking for the beginning of one
reads a few thousand rows of millions. `activity` has a row for each customer and unit of ours:
`interactions`, `first_t`, `last_t`; a unit that a customer belongs to is there even when they had
nothing to do with it. Who sees some units only finds those customers who are in them.
"""

import re
import time
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pyarrow as pa
from sqlglot import exp

from rapport.customers.derived import ACTIVITY, DERIVED, WORDS
from rapport.customers.merges import customer_named
from rapport.customers.profiles import kept_key
from rapport.customers.tables import CUSTOMERS
from rapport.kernel.errors import NotFoundError
from rapport.ledger.api import TOKEN, Ledger, Snapshot

_WORD_TYPES: dict[str, pa.DataType] = {
    "word": pa.string(),
    "customer": pa.string(),
    "interactions": pa.int64(),
    "last_t": pa.int64(),
}
_ACTIVITY = f"""
    SELECT customer, unit, count(*) AS interactions, min(t) AS first_t, max(t) AS last_t
    FROM interactions
    WHERE customer IS NOT NULL AND customer NOT LIKE '{TOKEN}%'
    GROUP BY customer, unit
"""
_NAMES = ("name", "full_name", "first_name", "last_name", "firstname", "lastname")
# Traits that nobody looks for by their text.
_LONGEST = 60
_BETWEEN_WORDS = re.compile(r"[\W_]+")
# Shorter parts of a text are in too many others to lead to anybody.
_FEWEST_LETTERS = 3
# How alike two words must be to be one with a typing error.
_ALIKE = 0.88
_MOST_WORDS = 8
_ROW_GROUP = 10_000
# After seconds of work ten times as many of rest.
_REST_FACTOR = 10.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer that was found.

    Attributes:
        key: they go by it.
        title: their name where we know one, else the key.
        about: further words that tell people of one name apart (account, city).
        interactions, last_at: as far as the reader may know; 0 and None where there are none.
    """

    key: str
    title: str
    about: str
    interactions: int
    last_at: datetime | None


def refresh_directory(ledger: Ledger, last: str | None) -> str:
    """Bring both tables to the ledger's state; what they are made of.

    Args:
        ledger: whose customers are listed.
        last: what this gave the last time, None the first time; the same state does nothing.
    """
    with ledger.read() as snapshot:
        state = snapshot.token_without(DERIVED)
        if state == last and WORDS in snapshot.published:
            return state
        activity, words = _activity(snapshot), _words(snapshot)
    ledger.publish(ACTIVITY, activity)
    ledger.publish(WORDS, words, row_group=_ROW_GROUP)
    return state


def keep_directory(ledger: Ledger) -> Callable[[], None]:
    """A step for a worker: brings the tables to the ledger's state, at its own pace.

    Whoever came in a moment ago is found by key and identifier without them, so they may be some
    minutes old; making them takes seconds where customers are many.
    """
    last: str | None = None
    rested_until = 0.0

    def step() -> None:
        nonlocal last, rested_until
        began = time.monotonic()
        if began < rested_until:
            return
        last = refresh_directory(ledger, last)
        rested_until = time.monotonic() + _REST_FACTOR * (time.monotonic() - began)

    return step


def forget_in_directory(ledger: Ledger, names: Collection[str]) -> None:
    """Take people out of both tables."""
    if not names:
        return
    for table, size in ((WORDS, _ROW_GROUP), (ACTIVITY, None)):
        with ledger.read() as snapshot:
            if table not in snapshot.published:
                continue
            named = exp.column("customer").isin(*(exp.Literal.string(name) for name in names))
            rows = snapshot.sql(exp.select("*").from_(table).where(exp.not_(named)).sql("duckdb"))
        ledger.publish(table, rows, row_group=size)


def find_customers(
    ledger: Ledger,
    words: str,
    *,
    units: Collection[str] | None = None,
    most: int = 50,
    by: str = "latest",
) -> list[Hit]:
    """Customers who go by these words, the latest first; without words the latest or most active.

    A word of the customer must begin with each of them; where nobody has them all as they are
    typed, words that are spelt almost so count too (the first letter must be right).

    Args:
        ledger: whose customers are looked through.
        words: as they were typed.
        units: only customers who had to do with one of these units of ours; None for all.
        most: how many at most.
        by: latest or active, for the order where words say none.
    """
    asked = list(dict.fromkeys(_asked(words)))[:_MOST_WORDS]
    with ledger.read() as snapshot:
        if not asked:
            return _hits(snapshot, [exp.column("word").eq("")], units, most, by)
        exact = _exactly(snapshot, words.strip(), units)
        found = _hits(snapshot, [_begins(word) for word in asked], units, most, by)
        if not found and not exact:
            found = _hits(snapshot, [_resembles(word) for word in asked], units, most, by)
    return (exact + [hit for hit in found if hit.key not in {e.key for e in exact}])[:most]


def hits_of(snapshot: Snapshot, keys: list[str], units: Collection[str] | None = None) -> list[Hit]:
    """These customers as they would be found, in this order."""
    return _told(keys, _totals(snapshot, keys, units))


def is_visible(ledger: Ledger, name: str, units: Collection[str]) -> bool:
    """Whether somebody who sees only these units may know of the customer."""
    with ledger.read() as snapshot:
        return bool(_totals(snapshot, [name], units))


def _exactly(snapshot: Snapshot, name: str, units: Collection[str] | None) -> list[Hit]:
    """Who is called just so, also where they came a moment ago and are not listed yet."""
    try:
        key = kept_key(customer_named(name, suggest=False))
    except NotFoundError:
        return []
    totals = _totals(snapshot, [key], units)
    return _told([key], totals) if totals or units is None else []


def _hits(
    snapshot: Snapshot,
    conditions: list[exp.Expr],
    units: Collection[str] | None,
    most: int,
    by: str,
) -> list[Hit]:
    """Customers with a word for each of the conditions."""
    found = [_with_word(condition) for condition in conditions]
    query = exp.select("customer", "max(interactions) AS interactions", "max(last_t) AS last_t")
    query = query.from_(found[0].subquery("first_word")).group_by("customer")
    for other in found[1:]:
        query = query.where(
            exp.column("customer").isin(query=other.select("customer", append=False))
        )
    order = ["interactions DESC"] if by == "active" else []
    query = query.order_by(*order, "last_t DESC NULLS LAST", "customer")
    if units is not None:
        query = query.where(exp.column("customer").isin(query=_in_units(units)))
    rows = snapshot.sql(query.limit(most).sql("duckdb"), _missing(snapshot)).to_pylist()
    keys = [str(row["customer"]) for row in rows]
    if units is not None:
        return _told(keys, _totals(snapshot, keys, units))
    return _told(keys, {row["customer"]: (row["interactions"], row["last_t"]) for row in rows})


def _with_word(condition: exp.Expr) -> exp.Select:
    return exp.select("customer", "interactions", "last_t").from_(WORDS).where(condition)


def _in_units(units: Collection[str]) -> exp.Select:
    named = (exp.Literal.string(unit) for unit in (*units, ""))
    return exp.select("customer").from_(ACTIVITY).where(exp.column("unit").isin(*named))


def _totals(
    snapshot: Snapshot, keys: list[str], units: Collection[str] | None
) -> dict[str, tuple[int, int | None]]:
    """Interactions and the last moment of each of the customers, as far as units are seen."""
    if not keys:
        return {}
    query = exp.select("customer", "sum(interactions) AS n", "max(last_t) AS last_t")
    query = query.from_(ACTIVITY).group_by("customer")
    query = query.where(exp.column("customer").isin(*(exp.Literal.string(key) for key in keys)))
    if units is not None:
        named = (exp.Literal.string(unit) for unit in (*units, ""))
        query = query.where(exp.column("unit").isin(*named))
    rows = snapshot.sql(query.sql("duckdb"), _missing(snapshot)).to_pylist()
    return {row["customer"]: (int(row["n"]), row["last_t"]) for row in rows}


def _missing(snapshot: Snapshot) -> dict[str, pa.Table]:
    """The tables, for a page that comes before they were published for the first time."""
    if WORDS in snapshot.published and ACTIVITY in snapshot.published:
        return {}
    return {WORDS: _words(snapshot), ACTIVITY: _activity(snapshot)}


def _told(keys: list[str], totals: dict[str, tuple[int, int | None]]) -> list[Hit]:
    """What to show of the customers: their name and place by their record."""
    rows = CUSTOMERS.fetch(keys)
    return [_hit(key, rows.get((key,)), *totals.get(key, (0, None))) for key in keys]


def _hit(key: str, row: tuple[Any, ...] | None, interactions: int, last_t: int | None) -> Hit:
    traits = msgspec.json.decode(row[3]) if row else {}
    about = [traits.get("city") or traits.get("town"), row[1] if row else None]
    last_at = None if last_t is None else _EPOCH + timedelta(microseconds=last_t)
    shown = ", ".join(one for one in about if isinstance(one, str))
    return Hit(key, title_of(key, traits), shown, interactions, last_at)


def _begins(word: str) -> exp.Expr:
    """As a range of the sorted table, so that the rest of it is not read."""
    after = word[:-1] + chr(min(ord(word[-1]) + 1, 0x10FFFF))
    column = exp.column("word")
    return exp.and_(column >= exp.Literal.string(word), column.copy() < exp.Literal.string(after))


def _resembles(word: str) -> exp.Expr:
    """A word that begins with the same letter and is spelt almost like this one."""
    if len(word) <= _FEWEST_LETTERS or not word.isalpha():
        return _begins(word)
    alike = exp.func("jaro_winkler_similarity", exp.column("word"), exp.Literal.string(word))
    length = exp.func("length", exp.column("word"))
    near = length.between(len(word) - 2, len(word) + 2)
    return exp.and_(_begins(word[0]), near, alike >= _ALIKE)


def _asked(words: str) -> Iterator[str]:
    """What is looked for: a whole address or key where one is typed, else each word."""
    for text in _plain(words).split():
        yield text.rpartition(":")[2] or text


def _plain(text: str) -> str:
    """In small letters and without accents.

    >>> _plain("Zoë ÅNGSTRÖM")
    'zoe angstrom'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _words(snapshot: Snapshot) -> pa.Table:
    """The words of each customer that a record or an interaction knows."""
    people = {row["key"]: row for row in _rows(snapshot, "customers", "key, account, traits")}
    names: dict[str, list[str]] = {}
    for row in _rows(snapshot, "identity", "key, customer"):
        names.setdefault(row["customer"], []).append(row["key"])
    query = "SELECT customer, sum(interactions) AS n, max(last_t) AS last_t FROM "
    told = snapshot.sql(f"{query} ({_ACTIVITY}) AS told GROUP BY customer").to_pylist()
    totals = {row["customer"]: (int(row["n"]), row["last_t"]) for row in told}
    rows = [
        (word, key, *totals.get(key, (0, None)))
        for key in {**people, **totals}
        for word in _words_of(key, people.get(key), names.get(key, []))
    ]
    columns = zip(*rows, strict=True) if rows else ([] for _ in _WORD_TYPES)
    arrays = [pa.array(col, kind) for col, kind in zip(columns, _WORD_TYPES.values(), strict=True)]
    table = pa.table(dict(zip(_WORD_TYPES, arrays, strict=True)))
    return table.sort_by([("word", "ascending"), ("last_t", "descending")])


def _rows(snapshot: Snapshot, table: str, columns: str) -> list[dict[str, Any]]:
    if table not in snapshot.published:
        return []
    found: list[dict[str, Any]] = snapshot.sql(f"SELECT {columns} FROM {table}").to_pylist()
    return found


def _words_of(key: str, row: dict[str, Any] | None, names: list[str]) -> set[str]:
    found = {""}
    for name in (key, *names):
        found |= _parts(name.rpartition(":")[2])
    if row is not None:
        found |= _parts(row["account"] or "")
        for value in msgspec.json.decode(row["traits"] or "{}").values():
            found |= _parts(value) if isinstance(value, str) else set()
    return found


def _parts(text: str) -> set[str]:
    """A text and its words; of an address what stands before its host.

    >>> sorted(_parts("Ana@x.example")), sorted(_parts("C-000123"))
    (['ana', 'ana@x.example'], ['000123', '123', 'c-000123'])
    """
    whole = _plain(text)[:_LONGEST]
    parts = _BETWEEN_WORDS.split(whole.partition("@")[0])
    long = {part for part in parts if len(part) >= _FEWEST_LETTERS}
    return long | {part.lstrip("0") for part in long if part.isdigit()} | ({whole} - {" "})


def title_of(key: str, traits: dict[str, Any]) -> str:
    """What to call somebody: their name where a trait says it, else their key.

    >>> title_of("c1", {"name": "Ana"}), title_of("c1", {"first_name": "Ana", "last_name": "B"})
    ('Ana', 'Ana B')
    >>> title_of("c1", {})
    'c1'
    """
    whole = next((traits[name] for name in _NAMES[:2] if traits.get(name)), None)
    parts = [str(traits[name]) for name in _NAMES[2:] if traits.get(name)]
    return str(whole or " ".join(parts) or key)[:_LONGEST]


def _activity(snapshot: Snapshot) -> pa.Table:
    own = ""
    if "customers" in snapshot.published:
        own = " UNION ALL SELECT key, unit, 0, NULL, NULL FROM customers WHERE unit IS NOT NULL"
    query = (
        "SELECT customer, unit, CAST(sum(interactions) AS BIGINT) AS interactions, "
        f"min(first_t) AS first_t, max(last_t) AS last_t FROM ({_ACTIVITY}{own}) AS told "
        "GROUP BY customer, unit ORDER BY customer, unit"
    )
    return snapshot.sql(query)
