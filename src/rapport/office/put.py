"""Putting rows in: read every cell, compare with what is there, write what is new.

What a `put` verb keeps: received = stored + duplicate + rejected; a row is rejected with one
reason from a closed list; an empty cell says nothing and leaves what is known; the same rows again
write nothing. Each chunk is one transaction with its audit line, so a killed import is continued
by running it again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from rapport.kernel.errors import InputError, did_you_mean
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.cells import CellError
from rapport.office.permission import require
from rapport.office.tables import CHUNK, Row, Slate, Table, one_transaction

REASONS = ("changed", "malformed", "missing", "out_of_range", "unknown_reference")


@dataclass(frozen=True, slots=True)
class RowRejection:
    """Why one row was not stored.

    Attributes:
        index: the row's place in the table that was handed in, from 0.
        field: the column at fault.
        reason: one of REASONS.
        got: what was found there, as text.
        expected: what would have been right.
    """

    index: int
    field: str
    reason: str
    got: str
    expected: str


@dataclass(frozen=True, slots=True)
class PutReport:
    """What became of the rows: received = stored + duplicate + rejected.

    Attributes:
        received: rows handed in.
        stored: rows that changed what we know.
        duplicate: rows that said what we knew already.
        rejected: the others, with reasons, in the order of the rows.
    """

    received: int
    stored: int
    duplicate: int
    rejected: tuple[RowRejection, ...]


@dataclass(slots=True)
class Tally:
    """The report while it grows."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    rejected: list[RowRejection] = field(default_factory=list)

    def reject(self, index: int, column: str, error: CellError) -> None:
        """Count one row as rejected."""
        got = "" if error.got is None else str(error.got)[:200]
        self.rejected.append(RowRejection(index, column, error.reason, got, error.expected))

    def report(self) -> PutReport:
        """The finished report; the books must balance."""
        assert self.received == self.stored + self.duplicate + len(self.rejected)
        rejected = tuple(sorted(self.rejected, key=lambda one: one.index))
        return PutReport(self.received, self.stored, self.duplicate, rejected)


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a sheet may have.

    Attributes:
        name: of the column, in sheet and table (`<name>_id` where it refers to a table).
        read: turns a cell into what is stored, None for an empty one.
        default: what a new row gets from an empty cell.
        refers: the table whose keys it may name.
    """

    name: str
    read: Callable[[Any], Any]
    default: Any = None
    refers: Table | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that could be read: its place, and its values in the order of the table's columns."""

    index: int
    values: Row


Screen = Callable[[list[Draft], Tally], list[Draft]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """How rows of one kind come in; the first column is the key.

    Attributes:
        verb: the verb that puts them in.
        table: where they go; its columns are those of `columns`, in that order.
        columns: what each row may say.
        screen: a further rule on the rows of one transaction.
        chunk: rows of one transaction.
    """

    verb: str
    table: Table
    columns: tuple[Column, ...]
    screen: Screen = lambda drafts, _: drafts
    chunk: int = CHUNK


def put_rows(
    sheet: Sheet, rows: pa.Table, *, actor: Actor, import_id: int | None = None
) -> PutReport:
    """Put the rows of a sheet in.

    Raises:
        ForbiddenError: the actor may not.
        InputError: a column is unknown, or the key column is not there.
    """
    require(actor, sheet.verb)
    names = [column.name for column in sheet.columns]
    check_columns(rows, names)
    tally = Tally(received=rows.num_rows)
    for start, cells in chunks(rows, sheet.chunk):
        drafts = list(_read(sheet, start, cells, tally))
        before_stored = tally.stored
        with one_transaction():
            _settle(sheet, sheet.screen(drafts, tally), tally, import_id)
            write_put(actor, sheet.verb, tally.stored - before_stored, import_id)
    return tally.report()


def check_columns(rows: pa.Table, known: Sequence[str], families: Sequence[str] = ()) -> None:
    """Refuse a table with columns that nobody reads, or without a key.

    Raises:
        InputError: names the column and the nearest known one.
    """
    for name in rows.column_names:
        if name not in known and not name.startswith(tuple(families)):
            shown = [*known, *(f"{family}<name>" for family in families)]
            raise InputError(f"There is no column {name!r} here", hint=did_you_mean(name, shown))
    if known[0] not in rows.column_names:
        raise InputError(f"The column {known[0]!r} is missing", got=", ".join(rows.column_names))


def chunks(rows: pa.Table, size: int) -> Iterator[tuple[int, dict[str, list[Any]]]]:
    """The table in parts: where each starts, and its cells by column."""
    for start in range(0, rows.num_rows, max(size, 1)):
        part = rows.slice(start, size)
        yield start, {name: part.column(name).to_pylist() for name in part.column_names}


def write_put(actor: Actor, verb: str, stored: int, import_id: int | None) -> None:
    """The audit line of one chunk; none where nothing was written."""
    if stored:
        kind = verb.removeprefix("put_")
        write_line(actor, Act(verb, kind, details={"rows": stored}, import_id=import_id))


def unknown_reference(got: str, table: Table) -> CellError:
    """The error for a key that the table does not have, naming the nearest it has."""
    kind = table.name.split("_", 1)[1]
    hint = did_you_mean(got, table.all_keys()) or f"There is no {kind} yet."
    return CellError("unknown_reference", got, f"the key of a known {kind}. {hint}")


def _read(
    sheet: Sheet, start: int, cells: Mapping[str, list[Any]], tally: Tally
) -> Iterator[Draft]:
    key = sheet.columns[0].name
    for offset in range(len(cells[key])):
        index = start + offset
        values: list[Any] = []
        for column in sheet.columns:
            given = cells.get(column.name)
            try:
                values.append(None if given is None else column.read(given[offset]))
                if column.name == key and values[0] is None:
                    raise CellError("missing", None, "a key")
            except CellError as error:
                tally.reject(index, column.name, error)
                break
        else:
            yield Draft(index, tuple(values))


def _settle(sheet: Sheet, drafts: Iterable[Draft], tally: Tally, import_id: int | None) -> None:
    """Compare with what is stored, within the transaction, and write what differs."""
    drafts = _with_known_references(sheet, list(drafts), tally)
    slate = Slate(sheet.table, [draft.values[0] for draft in drafts])
    defaults = tuple(column.default for column in sheet.columns)
    for draft in drafts:
        known = slate.rows.get(draft.values[:1], defaults)
        said = zip(draft.values, known, strict=True)
        if slate.put(tuple(was if value is None else value for value, was in said)):
            tally.stored += 1
        else:
            tally.duplicate += 1
    slate.save(import_id)


def _with_known_references(sheet: Sheet, drafts: list[Draft], tally: Tally) -> list[Draft]:
    for place, column in enumerate(sheet.columns):
        if column.refers is None:
            continue
        named = {draft.values[place] for draft in drafts} - {None}
        unknown = {
            name: unknown_reference(name, column.refers)
            for name in sorted(named - column.refers.known(named))
        }
        for draft in drafts:
            if draft.values[place] in unknown:
                tally.reject(draft.index, column.name, unknown[draft.values[place]])
        drafts = [draft for draft in drafts if draft.values[place] not in unknown]
    return drafts
