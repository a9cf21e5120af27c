"""`rapport import`: a file under a mapping goes into the ledger, batch by batch.

Three threads share the work: one reads the next rows, one maps and checks the last ones, one
stores those before them. DuckDB, SQLite and Arrow leave the interpreter free meanwhile. A batch
is stored whole or not at all, at a known position of the import, so that an import that was killed
goes on where it stopped.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from rapport.customers.api import publish, undo_people
from rapport.kernel.errors import BusyError, ForbiddenError, InputError
from rapport.ledger.api import (
    Import,
    Ledger,
    Place,
    Prepared,
    Receipt,
    begin_import,
    drop_import,
    end_import,
    find_import,
    undo,
    without_words,
)
from rapport.listening.ahead import ahead
from rapport.listening.files.opening import open_rows
from rapport.listening.files.rows import Chunk, Rows
from rapport.listening.identity import Occurrences
from rapport.listening.mapping.apply import apply, numbered
from rapport.listening.mapping.compile import Columns, Plan, check_columns, compile_mapping
from rapport.listening.mapping.model import Mapping
from rapport.listening.people import People
from rapport.office.api import Act, Actor, require, write_line

BATCH_ROWS = 150_000
# What is slow to read comes in smaller pieces, so that mapping and storing begin earlier and have
# less left to do when the reading ends.
_SMALLER = {"xes": 50_000, "jsonl": 50_000}
_HASH_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file: received = stored + duplicate + rejected.

    Attributes:
        import_id: for undo and for the rejected rows.
        receipt: counts of rows.
        continued: rows that an earlier, killed run of this import had dealt with.
        notes: what was found out about the file.
    """

    import_id: int
    receipt: Receipt
    continued: int
    notes: tuple[str, ...]


Progress = Callable[[float, Receipt], None]
# Stored by an earlier run; rows of people, which their own verb takes; or checked interactions.
Ready = Receipt | Chunk | Prepared


def import_file(
    ledger: Ledger,
    path: Path,
    mapping: Mapping,
    *,
    actor: Actor,
    progress: Progress | None = None,
    begun: Callable[[int], None] = lambda _: None,
) -> Report:
    """Import a file of interactions or people; run again after a kill it continues.

    `begun` is told the number of the import before its first row.

    Raises:
        ForbiddenError: the actor may not.
        InputError: the file or the mapping cannot be used at all; nothing was stored by this call.
        BusyError: the same file is being imported just now.

    An error that `progress` raises ends the run between two batches; run again it continues.
    """
    require(actor, "import_file")
    rows = open_rows(path, mapping.file, chunk_rows=BATCH_ROWS, fewer=_SMALLER)
    digest = digest_of(path, mapping)
    with ledger.hold(
        _lock_of(digest), wait=False, busy=f"{path.name} is being imported by another process"
    ):
        import_id, done = begin_import(
            ledger.database,
            file=without_words(ledger.suppression, path.name),
            digest=digest,
            source=mapping.source,
            record=mapping.record,
            mapping=without_words(ledger.suppression, mapping.text),
            actor=actor.id,
        )
        begun(import_id)
        run = _Run(ledger, mapping, rows, import_id, done, progress, actor)
        try:
            run.go()
        except InputError:
            drop_import(ledger.database, import_id)
            raise
        end_import(ledger.database, import_id)
        write_line(actor, Act("import_file", "import", str(import_id), import_id=import_id))
    continued = sum((receipt.read for receipt in done.values()), 0)
    return Report(import_id, run.total, continued, rows.notes)


def undo_import(ledger: Ledger, import_id: int, *, actor: Actor) -> int:
    """Take all that an import stored out again; how many interactions or people went.

    Raises:
        ForbiddenError: the actor may not; who sees some units only may undo what they imported.
        NotFoundError: there is no such import.
        BusyError: it still runs.
        InputError: it was undone before, or people it brought were changed since.
    """
    require(actor, "undo_import")
    found = find_import(ledger.database, import_id)
    if actor.units is not None and found.actor != actor.id:
        raise ForbiddenError(
            f"{actor.id} sees some units only, and import {import_id} may hold rows of others",
            hint="Ask whoever imported it, or somebody who sees all units.",
        )
    busy = f"Import {import_id} still runs"
    with ledger.hold(_lock_of(found.digest), wait=False, busy=busy):
        return _undo(ledger, found, actor)


def _undo(ledger: Ledger, found: Import, actor: Actor) -> int:
    import_id = found.id
    people = 0
    if found.record != "interactions" and found.state != "undone":
        report = undo_people(import_id, actor=actor)
        people = report.restored + report.removed
        publish(ledger)
    gone = undo(ledger, import_id)
    write_line(actor, Act("undo_import", "import", str(import_id), {"gone": gone + people}))
    return gone + people


def is_running(ledger: Ledger, digest: str) -> bool:
    """Whether a process is importing that file just now; one that was killed is not."""
    try:
        with ledger.hold(_lock_of(digest), wait=False):
            return False
    except BusyError:
        return True


def _lock_of(digest: str) -> str:
    return f"import-{digest[:16]}"


def digest_of(path: Path, mapping: Mapping) -> str:
    """Names a file's bytes under a mapping's text."""
    found = hashlib.sha256(mapping.text.encode())
    with path.open("rb") as file:
        while block := file.read(_HASH_BYTES):
            found.update(block)
    return found.hexdigest()


def _silent(share: float, receipt: Receipt) -> None:
    """Nobody watches."""


class _Run:
    """One run over the file."""

    def __init__(
        self,
        ledger: Ledger,
        mapping: Mapping,
        rows: Rows,
        import_id: int,
        done: dict[int, Receipt],
        progress: Progress | None,
        actor: Actor,
    ) -> None:
        self.ledger = ledger
        self.mapping = mapping
        self.rows = rows
        self.import_id = import_id
        self.done = done
        self.progress = progress or _silent
        self.seen = Occurrences()
        self.total = Receipt()
        self.bench = ledger.intake_bench.cursor()
        self._plans: dict[tuple[Any, ...], Plan] = {}
        people = mapping.record != "interactions"
        self.people = People(ledger, mapping, import_id, actor) if people else None

    def go(self) -> None:
        """Read, map and store all chunks."""
        try:
            if self.rows.complete_columns:
                # So that a mapping that does not fit is refused before the first row.
                check_columns(self.mapping, Columns(dict.fromkeys(self.rows.columns, pa.string())))
            # Closed before the bench on which its thread still works.
            with closing(ahead(self.make_ready())) as ready:
                for position, (share, made) in enumerate(ready):
                    self.total = self.total + self.store(position, made)
                    self.progress(share, self.total)
        finally:
            self.bench.close()
            if self.people is not None:
                self.people.close()

    def make_ready(self) -> Iterator[tuple[float, Ready]]:
        """Each chunk as far as it can be brought without the store."""
        with closing(ahead(self.rows.chunks())) as chunks:
            for position, chunk in enumerate(chunks):
                yield chunk.share_read, self.ready(position, chunk)

    def ready(self, position: int, chunk: Chunk) -> Ready:
        """A chunk mapped and checked, or what became of it in an earlier run."""
        if self.people is not None:
            return self.done.get(position) or chunk
        plan = self.plan(chunk)
        # Every row is numbered, stored ones too: equal rows are counted over the whole file.
        raw = numbered(chunk, plan, self.seen, self.bench)
        if position in self.done:
            return self.done[position]
        batch = apply(raw, plan, chunk.refused, self.bench)
        return self.ledger.prepare(batch, allow_future=self.mapping.future)

    def store(self, position: int, ready: Ready) -> Receipt:
        """Store what is ready, unless an earlier run did."""
        if isinstance(ready, Receipt):
            return ready
        if isinstance(ready, Chunk):
            assert self.people is not None
            return self.people.take(position, ready)
        place = Place(self.import_id, position, self.mapping.source, self.mapping.revises)
        return self.ledger.store(ready, place)

    def plan(self, chunk: Chunk) -> Plan:
        """The compiled mapping for the chunk's columns (they can grow in JSON Lines and XES)."""
        types = {field.name: field.type for field in chunk.table.schema}
        if not self.rows.complete_columns:
            for name in self.rows.columns:
                types.setdefault(name, pa.null())
        key = tuple(types.items())
        if key not in self._plans:
            zone = self.ledger.settings.zone
            self._plans[key] = compile_mapping(self.mapping, Columns(types), zone)
        return self._plans[key]
