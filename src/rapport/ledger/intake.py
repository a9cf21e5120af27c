"""Intake: what a batch passes before it is stored, as a list of named steps.

    decode, map      the room `listening`: bytes to rows, rows to drafts of interactions
    limit            no text longer than its field
    validate         kinds, scales, directions, currencies from their closed lists
    clock            a moment that can be; its day, week and month in the reporting zone
    identify         id and mark
    deduplicate      known ids (`ids`), inside the storing transaction (`storing`)
    store            journal or lake (`storing`)

Each step takes a batch and returns what it keeps; what it rejects is added with a reason from
the closed list. Nothing vanishes: a row is kept or rejected, never neither. A row of the source is
stored whole or not at all, so that a mended row can be sent again.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rapport.kernel.scales import SCALES, Scale
from rapport.ledger.calendar import calendar_of
from rapport.ledger.kinds import known_kinds
from rapport.ledger.reasons import Reason, Rejection
from rapport.ledger.schema import DIRECTIONS, FIELDS, MAPPED_FIELDS
from rapport.ledger.screening import doubtful
from rapport.ledger.settings import Settings

# Drafts carry these beside the mapped fields: the row of the source they were made from, its line,
# the text that identifies the row, and which of several interactions of the row it is.
DRAFT_FIELDS: tuple[tuple[str, pa.DataType], ...] = (
    ("row", pa.int64()),
    ("line", pa.int64()),
    ("key", pa.string()),
    ("part", pa.string()),
    *((f.name, f.type) for f in FIELDS if f.mapped),
)
DRAFT_SCHEMA = pa.schema(list(DRAFT_FIELDS))
# Length of a content's hash as text; a key of that length that does not begin with "=" is one.
HASH_DIGITS = 64
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """What is on its way into the ledger.

    Attributes:
        drafts: interactions so far, DRAFT_SCHEMA, several for a row of the source where needed.
        rejected: rows that will not be stored.
        read: rows of the source.
        aside: rows that the mapping says to leave out.
        raw: gives the raw text of rows of the source by their `row`, for rejections.
    """

    drafts: pa.Table
    rejected: tuple[Rejection, ...]
    read: int
    aside: int
    raw: Callable[[Sequence[int]], list[str]]


@dataclass(frozen=True, slots=True)
class Clock:
    """What intake knows about time: now, µs since 1970, and whether tomorrow may come in."""

    now: int
    allow_future: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must not be: an SQL condition over drafts, and how to tell of it."""

    reason: Reason
    field: str
    condition: str
    expected: str


_DAY_MICROSECONDS = 86_400_000_000


def limits() -> list[Check]:
    """No text longer than its field holds."""
    return [
        Check(
            Reason.TOO_LONG,
            f.name,
            # Bytes first: they need no counting, and there are never fewer than characters.
            f"strlen({f.name}) > {f.longest} AND length({f.name}) > {f.longest}",
            f"at most {f.longest} characters",
        )
        for f in FIELDS
        if f.mapped and f.longest
    ]


def rules() -> list[Check]:
    """Closed lists and ranges."""
    checks = [
        Check(Reason.MISSING, "kind", "kind IS NULL", "what happened, noun.verb"),
        _one_of(
            "kind", list(known_kinds()), "a kind of the vocabulary (`rapport kinds` lists them)"
        ),
        _one_of("direction", list(DIRECTIONS), "inbound or outbound"),
        _one_of("scale", list(SCALES), "one of " + ", ".join(SCALES)),
        Check(Reason.NOT_A_NUMBER, "score", "isnan(score) OR isinf(score)", "a number"),
        Check(
            Reason.MISSING, "scale", "score IS NOT NULL AND scale IS NULL", "the scale of the score"
        ),
        Check(
            Reason.MISSING,
            "currency",
            "amount IS NOT NULL AND currency IS NULL",
            "the amount's currency",
        ),
        Check(
            Reason.UNKNOWN_VALUE,
            "currency",
            "NOT regexp_full_match(currency, '[A-Z]{3}')",
            "three capital letters, ISO 4217",
        ),
        Check(
            Reason.MALFORMED,
            "properties",
            "CASE WHEN json_valid(properties) THEN json_type(properties) <> 'OBJECT' ELSE TRUE END "
            "AND properties IS NOT NULL",
            "a JSON object",
        ),
    ]
    return checks + [_on_scale(scale) for scale in SCALES.values()]


def _on_scale(scale: Scale) -> Check:
    parts = [f"score < {scale.low}", f"score > {scale.high}"]
    if scale.whole:
        parts.append("score <> floor(score)")
    whole = "whole " if scale.whole else ""
    return Check(
        Reason.OUT_OF_RANGE,
        "score",
        f"scale = '{scale.name}' AND ({' OR '.join(parts)})",
        f"a {whole}number from {scale.low:g} to {scale.high:g} ({scale.name})",
    )


def moments(clock: Clock) -> list[Check]:
    """A moment that can be."""
    checks = [
        Check(Reason.MISSING, "occurred_at", "occurred_at IS NULL", "when it happened"),
        Check(
            Reason.OUT_OF_RANGE,
            "occurred_at",
            "occurred_at < TIMESTAMPTZ '1900-01-01 00:00:00+00'",
            "a moment since 1900",
        ),
    ]
    if not clock.allow_future:
        latest = clock.now + _DAY_MICROSECONDS
        checks.append(
            Check(
                Reason.IN_THE_FUTURE,
                "occurred_at",
                f"epoch_us(occurred_at) > {latest}",
                "a moment that has come (a mapping may say future = true)",
            )
        )
    return checks


def limit(batch: Batch, bench: duckdb.DuckDBPyConnection) -> Batch:
    """Step: reject rows with a text too long for its field."""
    return _reject_where(batch, bench, limits())


def validate(batch: Batch, bench: duckdb.DuckDBPyConnection) -> Batch:
    """Step: reject rows whose values are not of their closed list or range."""
    return _reject_where(batch, bench, rules())


def keep_time(batch: Batch, bench: duckdb.DuckDBPyConnection, clock: Clock) -> Batch:
    """Step: reject rows without a possible moment."""
    return _reject_where(batch, bench, moments(clock))


def identify(batch: Batch, bench: duckdb.DuckDBPyConnection, settings: Settings) -> pa.Table:
    """Step: drafts with integer times and with `entry`: id and mark as 48 hexadecimal digits.

    The id (16 bytes) hashes source, key and part; where the key is a content's hash already and the
    row makes one interaction only, that hash is the id. The mark (8 bytes) is a checksum of
    the content, so that the same id with other content is recognised. A field that a later version
    adds goes in without a separator where it is empty, so that the marks of old rows stay. Drafts
    that bring their `entry` (`entry_of`) keep it.
    """
    if "entry" in batch.drafts.column_names:
        return _dated(batch.drafts, bench, settings)
    _register(bench, batch.drafts)
    content = ", chr(31), ".join(
        f"epoch_us({name})" if name == "occurred_at" else name for name in MAPPED_FIELDS
    )
    entry = f"""
        concat(
            CASE WHEN length(key) = {HASH_DIGITS} AND part = '' AND key[1] <> '='
                THEN left(key, 32)
                ELSE left(sha256(concat(source, chr(31), key, chr(31), part)), 32) END,
            left(md5(concat({content})), 16)
        ) AS entry"""
    made = bench.sql(_times(settings, f"(SELECT occurred_at, {entry} FROM drafts)", ", entry"))
    return _with(batch.drafts.drop_columns(["key", "part"]), made.to_arrow_table())


def _times(settings: Settings, relation: str, more: str = "") -> str:
    """SQL of the integers that repeat `occurred_at`, and of more columns."""
    return f"""
        SELECT t, day, month,
            CAST(floor((day + {settings.week_offset}) / 7) AS INTEGER) AS week{more}
        FROM (
            SELECT epoch_us(occurred_at) AS t{more},
                CAST(date_diff('day', DATE '1970-01-01', CAST(local AS DATE)) AS INTEGER) AS day,
                CAST((year(local) - 1970) * 12 + month(local) - 1 AS INTEGER) AS month
            FROM (SELECT *, timezone('{settings.zone}', occurred_at) AS local FROM {relation})
        )
    """


def _dated(drafts: pa.Table, bench: duckdb.DuckDBPyConnection, settings: Settings) -> pa.Table:
    """Drafts with the integers that repeat `occurred_at`."""
    t = drafts["occurred_at"].cast(pa.int64()).to_numpy()
    day, month = calendar_of(settings.zone).days_and_months(t, bench)
    week = np.floor_divide(day + settings.week_offset, 7).astype(np.int32)
    return _with(drafts, pa.table({"t": t, "day": day, "month": month, "week": week}))


def _with(drafts: pa.Table, made: pa.Table) -> pa.Table:
    for name in made.column_names:
        drafts = drafts.append_column(name, made[name])
    return drafts


def entry_of(source: str, key: str, content: bytes) -> str:
    """Id and mark of one interaction, as `identify` makes them.

    Args:
        source: the name keys are unique in.
        key: `=` and the id that the sender declared, or `#` and what tells the row from others.
        content: what must be the same where the same key comes again.
    """
    named = hashlib.sha256(f"{source}\x1f{key}\x1f".encode()).hexdigest()[:32]
    return named + hashlib.md5(content, usedforsecurity=False).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch that is ready to be compared with what is stored, and its identified drafts."""

    batch: Batch
    drafts: pa.Table


def prepare(
    batch: Batch, bench: duckdb.DuckDBPyConnection, settings: Settings, clock: Clock
) -> Prepared:
    """Run the steps from `limit` to `identify`; what surely has no fault is not checked for any."""
    latest = None if clock.allow_future else clock.now + _DAY_MICROSECONDS
    doubted = doubtful(batch.drafts, latest)
    if doubted.any():
        batch = _checked(batch, doubted, bench, clock)
    return Prepared(batch, identify(batch, bench, settings))


def _checked(
    batch: Batch, doubted: npt.NDArray[np.bool_], bench: duckdb.DuckDBPyConnection, clock: Clock
) -> Batch:
    """The batch after the checks of the drafts that are doubted."""
    asked = replace(batch, drafts=batch.drafts.filter(pa.array(doubted)))
    for step in (limit, validate):
        asked = step(asked, bench)
    asked = keep_time(asked, bench, clock)
    before, after = batch.drafts["row"].to_numpy()[doubted], asked.drafts["row"].to_numpy()
    gone = np.setdiff1d(before, after)
    return replace(batch, drafts=without_rows(batch.drafts, gone), rejected=asked.rejected)


def reject_rows(
    batch: Batch, found: Sequence[tuple[int, int, Reason, str | None, str, str]]
) -> Batch:
    """Take rows out of the drafts and note why: (row, line, reason, field, got, expected) each."""
    if not found:
        return batch
    raw = batch.raw([row[0] for row in found])
    rejections = [
        Rejection(line, reason, field, shorten(got), expected, text)
        for (_, line, reason, field, got, expected), text in zip(found, raw, strict=True)
    ]
    gone = np.array([row[0] for row in found], dtype=np.int64)
    return replace(
        batch,
        drafts=without_rows(batch.drafts, gone),
        rejected=(*batch.rejected, *rejections),
    )


def without_rows(table: pa.Table, gone: npt.NDArray[np.int64]) -> pa.Table:
    """The table without the given source rows."""
    if not len(gone):
        return table
    return table.filter(pa.array(~np.isin(table["row"].to_numpy(), gone)))


def shorten(text: Any) -> str:
    """A value as it can be shown in a message.

    >>> shorten("a" * 300)[-6:]
    'aaaaa…'
    """
    shown = "" if text is None else str(text)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _one_of(field: str, words: Sequence[str], expected: str) -> Check:
    listed = ", ".join(f"'{word}'" for word in words)
    return Check(Reason.UNKNOWN_VALUE, field, f"{field} NOT IN ({listed})", expected)


def _register(bench: duckdb.DuckDBPyConnection, drafts: pa.Table) -> None:
    bench.register("drafts", drafts)


def _reject_where(batch: Batch, bench: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> Batch:
    """Reject the rows that any check finds; a row is told of once, by its first fault."""
    if not batch.drafts.num_rows:
        return batch
    _register(bench, batch.drafts)
    which = " ".join(f"WHEN {c.condition} THEN {i}" for i, c in enumerate(checks))
    seen = " ".join(f"WHEN {i} THEN CAST({c.field} AS VARCHAR)" for i, c in enumerate(checks))
    query = f"""
        SELECT row, min_by(line, fault), min(fault), min_by(got, fault) FROM (
            SELECT row, line, fault, coalesce(CASE fault {seen} END, '') AS got
            FROM (SELECT *, CASE {which} END AS fault FROM drafts) WHERE fault IS NOT NULL
        ) GROUP BY row ORDER BY row
    """
    found = bench.execute(query).fetchall()
    return reject_rows(
        batch,
        [
            (row, line, checks[i].reason, checks[i].field, got, checks[i].expected)
            for row, line, i, got in found
        ],
    )
