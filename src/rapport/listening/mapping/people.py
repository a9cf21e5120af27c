"""Rows of people: fields by mapping, in the shape that the verbs of office and customers take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rapport.ledger.api import Bench, Rejection, shorten
from rapport.listening.files.rows import Chunk
from rapport.listening.mapping.apply import as_cells, raw_texts, refusal
from rapport.listening.mapping.compile import Columns, Compiler, Fault, check_columns
from rapport.listening.mapping.model import Mapping
from rapport.listening.mapping.quoting import name_sql

_OURS = ["row", "line", "fault", "got"]


@dataclass(frozen=True, slots=True)
class PeopleRows:
    """A chunk of people under a mapping.

    Attributes:
        sound: the columns a verb takes.
        rows, lines: of `sound`: place in the chunk and in the file.
        rejected: rows that could not be read or translated.
        read: rows of the chunk.
        aside: rows the mapping leaves out.
        raw: gives the raw text of rows by their place in the chunk.
    """

    sound: pa.Table
    rows: Sequence[int]
    lines: Sequence[int]
    rejected: tuple[Rejection, ...]
    read: int
    aside: int
    raw: Callable[[Sequence[int]], list[str]]

    def without(self, gone: Sequence[int]) -> "PeopleRows":
        """The same without some of the sound rows, by their place in `sound`."""
        if not gone:
            return self
        stays = [place for place in range(self.sound.num_rows) if place not in set(gone)]
        return replace(
            self,
            sound=self.sound.take(pa.array(stays, pa.int64())),
            rows=[self.rows[place] for place in stays],
            lines=[self.lines[place] for place in stays],
        )


def apply_people(chunk: Chunk, mapping: Mapping, bench: Bench) -> PeopleRows:
    """A chunk under a mapping of people.

    Raises:
        MappingError: the mapping names a column the file has not.
    """
    columns = Columns({field.name: field.type for field in chunk.table.schema})
    check_columns(mapping, columns)
    table = as_cells(chunk.table)
    places = pa.array(np.arange(chunk.table.num_rows))
    bench.register("raw", table.append_column("row", places).append_column("line", chunk.lines))
    statement, faults = _statement(mapping, columns)
    made = bench.sql(statement).to_arrow_table()
    sound = made.filter(pc.is_null(made["fault"]))
    faulty = made.filter(pc.is_valid(made["fault"])).select(_OURS).to_pylist()
    raw = raw_texts(table)
    told = zip(faulty, raw([row["row"] for row in faulty]), strict=True)
    return PeopleRows(
        sound=sound.drop_columns(_OURS),
        rows=sound["row"].to_numpy().tolist(),
        lines=sound["line"].to_numpy().tolist(),
        rejected=(
            *(refusal(row) for row in chunk.refused),
            *(
                _rejection(row["line"], faults[row["fault"]], row["got"], text)
                for row, text in told
            ),
        ),
        read=chunk.table.num_rows + len(chunk.refused),
        aside=chunk.table.num_rows - made.num_rows,
        raw=raw,
    )


def _rejection(line: int, fault: Fault, got: str, raw: str) -> Rejection:
    return Rejection(line, fault.reason, fault.field, shorten(got), fault.expected, raw)


def _statement(mapping: Mapping, columns: Columns) -> tuple[str, tuple[Fault, ...]]:
    """SQL over `raw` that gives OURS and the mapped columns, and what its faults mean."""
    compiler = Compiler(mapping, columns, "UTC")
    made = ", ".join(
        f"{compiler.mapped(value)} AS {name_sql(name)}" for name, value in mapping.people.items()
    )
    faulty = [fault for n, v in mapping.people.items() for fault in compiler.unmapped(n, v)]
    which = " ".join(f"WHEN {sql} THEN {i}" for i, (sql, _) in enumerate(faulty))
    got = " ".join(f"WHEN {i} THEN {sql}" for i, (_, sql) in enumerate(faulty))
    fault = f"CASE {which} END" if faulty else "CAST(NULL AS INTEGER)"
    shown = f"CASE fault {got} END" if faulty else "CAST(NULL AS VARCHAR)"
    where = f" WHERE NOT coalesce({compiler.skip()}, FALSE)" if mapping.skip else ""
    source = f"(SELECT *, {fault} AS fault FROM raw)"
    return f"SELECT row, line, fault, {shown} AS got, {made} FROM {source}{where}", tuple(
        compiler.faults
    )
