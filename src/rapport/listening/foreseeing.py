"""A whole file tried against the store: what an import would come to; nothing is stored."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
from django.db import transaction

from rapport.ledger.api import Ledger, Receipt, Rejection
from rapport.listening.files.opening import open_rows
from rapport.listening.files.rows import Chunk, Rows
from rapport.listening.identity import Occurrences
from rapport.listening.importing import BATCH_ROWS, Progress
from rapport.listening.mapping.apply import apply, numbered
from rapport.listening.mapping.compile import Columns, compile_mapping
from rapport.listening.mapping.model import Mapping
from rapport.listening.people import People
from rapport.office.api import Actor, require

# People are put in and taken back in one transaction, for which other writers wait.
_PEOPLE_ROWS = 20_000
_SHOWN = 20
_Counted = tuple[Receipt, tuple[Rejection, ...]]


def foresee(
    ledger: Ledger, path: Path, mapping: Mapping, *, actor: Actor, progress: Progress
) -> tuple[Receipt, list[Rejection]]:
    """What would become of the rows of a file, and the first of those that would be rejected.

    Rows that the file itself repeats more than a batch apart count as stored; so do people.

    Raises:
        ForbiddenError: the actor may not import.
        InputError: the file or the mapping cannot be used at all.
    """
    require(actor, "import_file")
    people = mapping.record != "interactions"
    rows = open_rows(path, mapping.file, chunk_rows=_PEOPLE_ROWS if people else BATCH_ROWS)
    counted = _people(ledger, mapping, rows, actor) if people else _rows(ledger, mapping, rows)
    total, examples = Receipt(), list[Rejection]()
    for share, (receipt, rejected) in counted:
        total = total + receipt
        examples += islice(rejected, _SHOWN - len(examples))
        progress(share, total)
    return total, examples


def _rows(ledger: Ledger, mapping: Mapping, rows: Rows) -> Iterator[tuple[float, _Counted]]:
    seen, bench = Occurrences(), ledger.intake_bench.cursor()
    try:
        for chunk in rows.chunks():
            plan = compile_mapping(mapping, _columns(rows, chunk), ledger.settings.zone)
            batch = apply(numbered(chunk, plan, seen, bench), plan, chunk.refused, bench)
            prepared = ledger.prepare(batch, allow_future=mapping.future)
            yield chunk.share_read, ledger.foresee(prepared, revises=mapping.revises)
    finally:
        bench.close()


def _people(
    ledger: Ledger, mapping: Mapping, rows: Rows, actor: Actor
) -> Iterator[tuple[float, _Counted]]:
    people = People(ledger, mapping, 0, actor)
    try:
        for chunk in rows.chunks():
            with transaction.atomic():
                counted = people.put(chunk)
                transaction.set_rollback(True)
            yield chunk.share_read, counted
    finally:
        people.bench.close()


def _columns(rows: Rows, chunk: Chunk) -> Columns:
    types = dict.fromkeys(rows.columns, pa.null()) if not rows.complete_columns else {}
    return Columns({**types, **{field.name: field.type for field in chunk.table.schema}})
