"""Our own organisation: business units, employees, touchpoints; notes on the time line."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.measures.api import named
from rapport.office.api import (
    PutReport,
    add_note,
    employees,
    notes_of,
    put_employees,
    put_touchpoints,
    put_units,
    remove_note,
    touchpoints,
    units,
)
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import JSON, MORE_FORMATS, as_file, as_rows, wanted_format
from rapport.web.contract.shape import Body, Day, Done, Number, Rows, shown

router = Router(tags=["organisation"])

_MOST_ROWS = 10_000


class UnitIn(Body):
    """A business unit; what is left out stays as it is."""

    key: str
    name: str | None = None
    parent: str | None = None


class EmployeeIn(Body):
    """One of our people."""

    key: str
    name: str | None = None
    email: str | None = None
    unit: str | None = None
    role: str | None = None
    hired: Day | None = None
    left: Day | None = None


class TouchpointIn(Body):
    """Where customers meet us."""

    key: str
    title: str | None = None
    stage: str | None = None
    channel: str | None = None
    unit: str | None = None


class Units(Body):
    """Business units to put in."""

    model_config = shown(rows=[{"key": "store-ghent", "name": "Ghent", "parent": None}])

    rows: list[UnitIn] = Field(max_length=_MOST_ROWS)


class Employees(Body):
    """People to put in."""

    model_config = shown(rows=[{"key": "E-17", "name": "Ben", "hired": "2024-03-01"}])

    rows: list[EmployeeIn] = Field(max_length=_MOST_ROWS)


class Touchpoints(Body):
    """Touchpoints to put in."""

    model_config = shown(rows=[{"key": "checkout", "title": "Checkout", "channel": "web"}])

    rows: list[TouchpointIn] = Field(max_length=_MOST_ROWS)


class RejectedRow(Schema):
    """Why a row was not stored; `index` is its place among the rows that were sent, from 0."""

    index: int
    field: str
    reason: str
    got: str
    expected: str


class Report(Schema):
    """What became of the rows: received = stored + duplicate + rejected."""

    model_config = shown(received=1, stored=1, duplicate=0, rejected=[])

    received: int
    stored: int
    duplicate: int
    rejected: list[RejectedRow]


class NoteIn(Body):
    """What happened on a day."""

    model_config = shown(day="2026-03-01", text="New checkout", measure="")

    day: Day
    text: str = Field(max_length=255)
    measure: str = ""


class NoteOut(Schema):
    """A note on the time line; of one measure, or of all where `measure` is empty."""

    model_config = shown(id=1, day="2026-03-01", text="New checkout", measure="")

    id: int
    day: date
    text: str
    measure: str


class Notes(Schema):
    """Notes, by day."""

    notes: list[NoteOut]


class AskedNotes(Schema):
    """Whose notes."""

    measure: str = Field("", description="Of this measure too; else only those of all.")


@router.get("/units", response=Rows, openapi_extra=MORE_FORMATS)
@allowed("see_office")
def list_units(request: HttpRequest) -> Any:
    """Business units: key, name, parent."""
    return _table(request, units())


@router.put("/units", response=Report)
@allowed("put_units")
def change_units(request: HttpRequest, sent: Units) -> Any:
    """Put business units in: new ones are made, known ones changed, none removed."""
    return _put(request, put_units, sent.rows)


@router.get("/employees", response=Rows, openapi_extra=MORE_FORMATS)
@allowed("see_office")
def list_employees(request: HttpRequest) -> Any:
    """Our people: key, name, email, unit, role."""
    return _table(request, employees())


@router.put("/employees", response=Report)
@allowed("put_employees")
def change_employees(request: HttpRequest, sent: Employees) -> Any:
    """Put our people in: new ones are made, known ones changed, none removed."""
    return _put(request, put_employees, sent.rows)


@router.get("/touchpoints", response=Rows, openapi_extra=MORE_FORMATS)
@allowed("see_office")
def list_touchpoints(request: HttpRequest) -> Any:
    """Touchpoints: key, title, stage, channel, unit."""
    return _table(request, touchpoints())


@router.put("/touchpoints", response=Report)
@allowed("put_touchpoints")
def change_touchpoints(request: HttpRequest, sent: Touchpoints) -> Any:
    """Put touchpoints in: new ones are made, known ones changed, none removed."""
    return _put(request, put_touchpoints, sent.rows)


@router.get("/notes", response=Notes)
@allowed("see_figures")
def list_notes(request: HttpRequest, asked: Query[AskedNotes]) -> Any:  # noqa: ARG001
    """Notes on the time line."""
    return {"notes": notes_of(asked.measure)}


@router.post("/notes", response=NoteOut)
@allowed("add_note")
def write_note(request: HttpRequest, note: NoteIn) -> Any:
    """Write down what happened on a day, to be seen beside a trend."""
    if note.measure:
        named(note.measure)
    number = add_note(note.day, note.text, note.measure, actor=actor_of(request))
    return next(one for one in notes_of(note.measure) if one.id == number)


@router.delete("/notes/{number}", response=Done)
@allowed("remove_note")
def delete_note(request: HttpRequest, number: Number) -> Any:
    """Take a note away."""
    remove_note(number, actor=actor_of(request))
    return Done()


def _table(request: HttpRequest, table: pa.Table) -> Any:
    form = wanted_format(request)
    return {"rows": as_rows(table)} if form == JSON else as_file(table, form)


def _put(request: HttpRequest, put: Callable[..., PutReport], rows: list[Any]) -> PutReport:
    names = list(type(rows[0]).model_fields) if rows else ["key"]
    columns = {name: [getattr(row, name) for row in rows] for name in names}
    table = pa.table({name: pa.array(column, _type(column)) for name, column in columns.items()})
    return put(table, actor=actor_of(request))


def _type(column: list[Any]) -> pa.DataType:
    return pa.date32() if any(isinstance(one, date) for one in column) else pa.string()
