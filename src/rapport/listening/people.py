"""Files of people: customers, employees, business units and touchpoints under a mapping."""

from typing import Protocol

import numpy as np
import pyarrow as pa

from rapport.customers.api import publish, put_customers
from rapport.ledger.api import Ledger, Place, Reason, Receipt, Rejection, record_people
from rapport.listening.files.rows import Chunk
from rapport.listening.mapping.apply import as_cells, raw_texts, refusal
from rapport.listening.mapping.compile import Columns, people_statement
from rapport.listening.mapping.model import Mapping
from rapport.office.api import Actor, PutReport, put_employees, put_touchpoints, put_units


class Put(Protocol):
    """A verb that puts rows of one record in."""

    def __call__(
        self, rows: pa.Table, *, actor: Actor, import_id: int | None = None
    ) -> PutReport: ...


VERBS: dict[str, Put] = {
    "customers": put_customers,
    "employees": put_employees,
    "touchpoints": put_touchpoints,
    "units": put_units,
}


class People:
    """Takes the chunks of a file of people, one verb call each."""

    def __init__(self, ledger: Ledger, mapping: Mapping, import_id: int, actor: Actor) -> None:
        self.ledger = ledger
        self.mapping = mapping
        self.import_id = import_id
        self.actor = actor
        self.bench = ledger.intake_bench.cursor()

    def take(self, position: int, chunk: Chunk) -> Receipt:
        """Put a chunk in and note what became of its rows."""
        table = as_cells(chunk.table)
        rows = pa.array(np.arange(chunk.table.num_rows))
        numbered = table.append_column("row", rows).append_column("line", chunk.lines)
        self.bench.register("raw", numbered)
        columns = Columns({field.name: field.type for field in chunk.table.schema})
        made = self.bench.sql(people_statement(self.mapping, columns)).to_arrow_table()
        places, lines = made["row"].to_numpy(), made["line"].to_numpy()
        report = VERBS[self.mapping.record](
            made.drop_columns(["row", "line"]), actor=self.actor, import_id=self.import_id
        )
        texts = raw_texts(table)([int(places[row.index]) for row in report.rejected])
        rejected = tuple(refusal(row) for row in chunk.refused) + tuple(
            Rejection(
                int(lines[row.index]), Reason(row.reason), row.field, row.got, row.expected, raw
            )
            for row, raw in zip(report.rejected, texts, strict=True)
        )
        receipt = Receipt(
            read=chunk.table.num_rows + len(chunk.refused),
            aside=chunk.table.num_rows - made.num_rows,
            received=report.received + len(chunk.refused),
            stored=report.stored,
            duplicate=report.duplicate,
            rejected=len(rejected),
        )
        place = Place(self.import_id, position, self.mapping.source)
        record_people(self.ledger.database, place, receipt, rejected)
        return receipt

    def close(self) -> None:
        """Let readers of the ledger see the people."""
        publish(self.ledger)
        self.bench.close()
