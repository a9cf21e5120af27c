"""Files of people: customers, employees, business units and touchpoints under a mapping."""

from collections.abc import Iterator
from typing import Protocol

import pyarrow as pa

from rapport.customers.api import publish, put_customers
from rapport.ledger.api import Ledger, Place, Reason, Receipt, Rejection, record_people
from rapport.listening.files.rows import Chunk
from rapport.listening.mapping.model import Mapping
from rapport.listening.mapping.people import PeopleRows, apply_people
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
        people = apply_people(chunk, self.mapping, self.bench)
        put = VERBS[self.mapping.record]
        report = put(people.sound, actor=self.actor, import_id=self.import_id)
        rejected = (*people.rejected, *_told(report, people))
        receipt = Receipt(
            read=people.read,
            aside=people.aside,
            received=people.read - people.aside,
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


def _told(report: PutReport, people: PeopleRows) -> Iterator[Rejection]:
    """Rows that the verb rejected."""
    raws = people.raw([people.rows[told.index] for told in report.rejected])
    for told, raw in zip(report.rejected, raws, strict=True):
        line = people.lines[told.index]
        yield Rejection(line, Reason(told.reason), told.field, told.got, told.expected, raw)
