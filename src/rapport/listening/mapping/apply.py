"""A chunk of rows becomes a batch of drafts: what the mapping says, with faults as rejections."""

import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rapport.ledger.api import DRAFT_SCHEMA, Batch, Bench, Reason, Rejection, shorten
from rapport.listening.files.rows import Chunk, Refusal
from rapport.listening.identity import Occurrences
from rapport.listening.mapping.compile import Plan
from rapport.listening.mapping.quoting import cell_name, cell_sql, column_name, text_sql

# Columns we add to a file of rejected rows; they are no part of a row's content.
OURS = "rapport_"


def numbered(chunk: Chunk, plan: Plan, seen: Occurrences, bench: Bench) -> pa.Table:
    """The chunk's rows with `row`, `line` and `key`; every row must pass here, to be counted."""
    count = chunk.table.num_rows
    raw = as_cells(chunk.table).append_column("row", pa.array(np.arange(count)))
    raw = raw.append_column("line", chunk.lines)
    bench.register("raw", raw)
    if plan.identity is not None:
        # A declared id is told from a content's hash by its first character.
        return bench.sql(f"SELECT *, '=' || {plan.identity} AS key FROM raw").to_arrow_table()
    hashes = _content_hashes(chunk.table.column_names, plan.source, bench)
    numbers = seen.number(_first_bytes(hashes))
    later = numbers > 1
    if later.any():
        # The second of two equal rows and those after it; the first keeps the plain hash.
        suffix = pa.array(np.where(later, np.char.add("#", numbers.astype(str)), ""), pa.string())
        joined = pa.chunked_array([suffix])
        hashes = pc.binary_join_element_wise(hashes, joined, "")  # type: ignore[call-overload]
    return raw.append_column("key", hashes)


def as_cells(table: pa.Table) -> pa.Table:
    """The rows of a file under names that no column of ours has."""
    return table.rename_columns([cell_name(name) for name in table.column_names])


def _content_hashes(names: Sequence[str], source: str, bench: Bench) -> "pa.ChunkedArray[Any]":
    """SHA-256 of the source and the cells of each row of `raw`, as text.

    Each cell goes in behind its column's name, and an empty one not at all, so that the order of
    the columns and an added empty one make no difference.
    """
    columns = sorted(name for name in names if not name.startswith(OURS))
    cells = "".join(f", {text_sql(name + '=')} || {cell_sql(name)}" for name in columns)
    query = f"SELECT sha256(concat_ws(chr(31), {text_sql(source)}{cells})) AS hash FROM raw"
    return bench.sql(query).to_arrow_table()["hash"]


def _first_bytes(hashes: "pa.ChunkedArray[Any]") -> npt.NDArray[np.uint64]:
    """The first 8 bytes of each hash as a number."""
    column = hashes.combine_chunks()
    digits = column.buffers()[2]
    assert digits is not None
    text = memoryview(digits)[64 * column.offset :][: 64 * len(column)]
    whole = np.frombuffer(binascii.unhexlify(text), dtype=">u8").reshape(-1, 4)
    return whole[:, 0].astype(np.uint64)


def apply(raw: pa.Table, plan: Plan, refused: Sequence[Refusal], bench: Bench) -> Batch:
    """Drafts of a numbered chunk; rows that fail are rejected with reason, field and find."""
    bench.register("raw", raw)
    kept, aside = _set_aside(raw, plan, bench)
    bench.register("raw", kept)
    made = bench.sql(plan.statement).to_arrow_table()
    drafts = made.select(DRAFT_SCHEMA.names).cast(DRAFT_SCHEMA)
    texts = raw_texts(raw)
    batch = Batch(
        drafts=drafts,
        rejected=tuple(refusal(row) for row in refused),
        read=raw.num_rows + len(refused),
        aside=aside,
        raw=texts,
    )
    return _silent(_faulty(batch, made, plan, bench, texts), kept, plan, bench, texts)


def _set_aside(raw: pa.Table, plan: Plan, bench: Bench) -> tuple[pa.Table, int]:
    if plan.aside == "FALSE":
        return raw, 0
    kept = bench.sql(f"SELECT * FROM raw WHERE NOT coalesce({plan.aside}, FALSE)").to_arrow_table()
    return kept, raw.num_rows - kept.num_rows


def _faulty(
    batch: Batch,
    made: pa.Table,
    plan: Plan,
    bench: Bench,
    texts: Callable[[Sequence[int]], list[str]],
) -> Batch:
    """Rows whose text could not be turned into a field, and rows without their declared id."""
    bench.register("made", made)
    rows = bench.execute(
        "SELECT row, min_by(line, fault), min(fault), min_by(got, fault) FROM ("
        "  SELECT row, line, coalesce(fault, -1) AS fault, coalesce(got, '') AS got FROM made"
        "  WHERE fault IS NOT NULL OR key IS NULL) GROUP BY row ORDER BY row"
    ).fetchall()
    if not rows:
        return batch
    found = [
        _rejection(line, plan, fault, got, raw)
        for (_, line, fault, got), raw in zip(rows, texts([r[0] for r in rows]), strict=True)
    ]
    bad = np.array([row[0] for row in rows], dtype=np.int64)
    keep = ~np.isin(batch.drafts["row"].to_numpy(), bad)
    return Batch(
        batch.drafts.filter(pa.array(keep)),
        (*batch.rejected, *found),
        batch.read,
        batch.aside,
        batch.raw,
    )


def _rejection(line: int, plan: Plan, fault: int, got: str, raw: str) -> Rejection:
    if fault < 0:
        return Rejection(line, Reason.MISSING, "id", "", "the id the mapping names", raw)
    told = plan.faults[fault]
    return Rejection(line, told.reason, told.field, shorten(got), told.expected, raw)


def _silent(
    batch: Batch,
    kept: pa.Table,
    plan: Plan,
    bench: Bench,
    texts: Callable[[Sequence[int]], list[str]],
) -> Batch:
    """Rows that gave no draft: rejected when no rule fits them, else they hold no answer."""
    if pc.count_distinct(batch.drafts["row"]).as_py() == kept.num_rows:
        return batch
    told = {r.line for r in batch.rejected}
    drafted = pa.table({"row": batch.drafts["row"]})
    bench.register("raw", kept)
    bench.register("drafted", drafted)
    rows = bench.execute(
        f"SELECT row, line, coalesce({plan.matched}, FALSE) FROM raw "
        "WHERE row NOT IN (SELECT row FROM drafted) ORDER BY row"
    ).fetchall()
    silent = [row for row in rows if row[1] not in told]
    if not silent:
        return batch
    lost = [row for row in silent if not row[2]]
    unruled = [
        Rejection(
            line,
            Reason.NO_RULE,
            None,
            "no rule fits",
            "a [[rule]] whose `when` holds, or skip",
            raw,
        )
        for (_, line, _), raw in zip(lost, texts([r[0] for r in lost]), strict=True)
    ]
    return Batch(
        batch.drafts,
        (*batch.rejected, *unruled),
        batch.read,
        batch.aside + len(silent) - len(lost),
        batch.raw,
    )


def refusal(row: Refusal) -> Rejection:
    """A row that could not be read, as a rejection."""
    raw = json.dumps({f"{OURS}raw": row.raw}, ensure_ascii=False)
    return Rejection(row.line, Reason(row.reason), row.field, row.got, row.expected, raw)


def raw_texts(raw: pa.Table) -> Callable[[Sequence[int]], list[str]]:
    """Rows of the file as JSON objects of column to text, by their number in the chunk."""
    names = {name: column_name(name) for name in raw.column_names}
    columns = {name: column for name, column in names.items() if column is not None}
    table = raw.select(list(columns)).rename_columns(list(columns.values()))

    def texts(rows: Sequence[int]) -> list[str]:
        if not len(rows):
            return []
        taken = table.take(pa.array(rows, pa.int64())).to_pylist()
        return [json.dumps(_plain(row), ensure_ascii=False) for row in taken]

    return texts


def _plain(row: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items() if value is not None}
