"""A mapping tried on the first rows of a file; nothing is stored."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from rapport.ledger.api import DRAFT_SCHEMA, Ledger, Rejection, Settings, create_ledger
from rapport.listening.files.opening import open_rows
from rapport.listening.files.rows import Chunk
from rapport.listening.identity import Occurrences
from rapport.listening.mapping.apply import apply, numbered
from rapport.listening.mapping.compile import Columns, compile_mapping
from rapport.listening.mapping.model import Mapping
from rapport.listening.mapping.people import apply_people

CHECKED_ROWS = 1_000
_NOT_SHOWN = ("row", "line", "key", "part", "source")


@dataclass(frozen=True, slots=True)
class Trial:
    """What the first rows of a file would become.

    Attributes:
        made: interactions or people, only columns that hold something.
        rejected: rows that would be rejected.
        read: rows looked at.
        aside: rows of them that the mapping leaves aside.
        notes: what was found out about the file.
    """

    made: pa.Table
    rejected: tuple[Rejection, ...]
    read: int
    aside: int
    notes: tuple[str, ...]


def try_mapping(path: Path, mapping: Mapping, settings: Settings) -> Trial:
    """Map and check the first rows of a file as an import would.

    What only the store can tell is left out: duplicates, changed rows, units that are not known.

    Raises:
        InputError: the file or the mapping cannot be used at all.
    """
    rows = open_rows(path, mapping.file, chunk_rows=CHECKED_ROWS)
    chunk = next(iter(rows.chunks()), None)
    if chunk is None:
        return Trial(pa.table({}), (), 0, 0, rows.notes)
    types = dict.fromkeys(rows.columns, pa.null()) if not rows.complete_columns else {}
    columns = Columns({**types, **{field.name: field.type for field in chunk.table.schema}})
    with tempfile.TemporaryDirectory() as folder:
        ledger = create_ledger(Path(folder) / "store", settings)
        bench = ledger.intake_bench.cursor()
        try:
            if mapping.record != "interactions":
                return _people(chunk, mapping, ledger, rows.notes)
            plan = compile_mapping(mapping, columns, settings.zone)
            raw = numbered(chunk, plan, Occurrences(), bench)
            mapped = apply(raw, plan, chunk.refused, bench)
            batch = ledger.prepare(mapped, allow_future=mapping.future).batch
        finally:
            bench.close()
            ledger.close()
    told = tuple(sorted(batch.rejected, key=lambda rejection: rejection.line))
    shown = [name for name in DRAFT_SCHEMA.names if name not in _NOT_SHOWN]
    return Trial(_filled(batch.drafts.select(shown)), told, batch.read, batch.aside, rows.notes)


def _people(
    chunk: Chunk,
    mapping: Mapping,
    ledger: Ledger,
    notes: tuple[str, ...],
) -> Trial:
    bench = ledger.intake_bench.cursor()
    people = apply_people(chunk, mapping, bench)
    bench.close()
    return Trial(_filled(people.sound), people.rejected, people.read, people.aside, notes)


def _filled(table: pa.Table) -> pa.Table:
    held = [name for name in table.column_names if table[name].null_count < table.num_rows]
    return table.select(held)
