"""Files of people: customers, employees, business units and touchpoints under a mapping."""

from collections.abc import Callable, Iterator
from typing import Protocol

import pyarrow as pa

from rapport.customers.api import names_in, publish, put_customers
from rapport.ledger.api import (
    SUPPRESSED_CUSTOMER,
    SUPPRESSED_EMPLOYEE,
    Ledger,
    Place,
    Reason,
    Receipt,
    Rejection,
    Suppression,
    erased_row,
    record_people,
    without_names,
)
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
        receipt, rejected = self.put(chunk)
        place = Place(self.import_id, position, self.mapping.source)
        record_people(self.ledger.database, place, receipt, rejected)
        return receipt

    def put(self, chunk: Chunk) -> tuple[Receipt, tuple[Rejection, ...]]:
        """Put a chunk in by the verb of its record; what became of its rows."""
        people = apply_people(chunk, self.mapping, self.bench)
        suppression = self.ledger.suppression
        erased = _erased(suppression, self.mapping.record, people.sound)
        kept = people.without(erased)
        put = VERBS[self.mapping.record]
        report = put(kept.sound, actor=self.actor, import_id=self.import_id)
        rejected = (
            *without_names(suppression, (*people.rejected, *_told(report, kept))),
            *(erased_row(people.lines[place], "key") for place in erased),
        )
        receipt = Receipt(
            read=people.read,
            aside=people.aside,
            received=people.read - people.aside,
            stored=report.stored,
            duplicate=report.duplicate,
            rejected=len(rejected),
        )
        return receipt, rejected

    def close(self) -> None:
        """Let readers of the ledger see the people."""
        publish(self.ledger)
        self.bench.close()


def _erased(suppression: Suppression, record: str, sound: pa.Table) -> list[int]:
    """Places of the rows about somebody who was erased."""
    if record not in _NAMES or not suppression.any():
        return []
    what, names_in = _NAMES[record]
    return [
        place for place, names in enumerate(names_in(sound)) if suppression.suppressed(what, names)
    ]


def _employee_names(rows: pa.Table) -> list[set[str]]:
    columns = [rows[name].to_pylist() for name in ("key", "email") if name in rows.column_names]
    return [{str(name) for name in names if name} for names in zip(*columns, strict=True)]


_NAMES: dict[str, tuple[str, Callable[[pa.Table], list[set[str]]]]] = {
    "customers": (SUPPRESSED_CUSTOMER, names_in),
    "employees": (SUPPRESSED_EMPLOYEE, _employee_names),
}


def _told(report: PutReport, people: PeopleRows) -> Iterator[Rejection]:
    """Rows that the verb rejected."""
    raws = people.raw([people.rows[told.index] for told in report.rejected])
    for told, raw in zip(report.rejected, raws, strict=True):
        line = people.lines[told.index]
        yield Rejection(line, Reason(told.reason), told.field, told.got, told.expected, raw)
