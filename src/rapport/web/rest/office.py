"""Our own organisation: business units, employees, touchpoints; notes on the time line."""

from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.measures.api import named
from rapport.office.api import (
    add_note,
    change_unit,
    employees,
    notes_of,
    own_rows,
    put_employees,
    put_touchpoints,
    put_units,
    remove_note,
    touchpoints,
    unit_history,
    units,
)
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import JSON, MORE_FORMATS, as_file, as_rows, wanted_format
from rapport.web.contract.shape import Body, Day, Done, Line, Number, Rows, shown
from rapport.web.contract.sheets import MOST_ROWS, Report, put_in
from rapport.web.pages.settings.units import unit_seen

router = Router(tags=["organisation"])


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

    rows: list[UnitIn] = Field(max_length=MOST_ROWS)


class Employees(Body):
    """People to put in."""

    model_config = shown(rows=[{"key": "E-17", "name": "Ben", "hired": "2024-03-01"}])

    rows: list[EmployeeIn] = Field(max_length=MOST_ROWS)


class Touchpoints(Body):
    """Touchpoints to put in."""

    model_config = shown(rows=[{"key": "checkout", "title": "Checkout", "channel": "web"}])

    rows: list[TouchpointIn] = Field(max_length=MOST_ROWS)


class PlaceOut(Schema):
    """Under which unit a unit was; `since` is null where that was before it was kept."""

    parent: str | None
    since: datetime | None
    until: datetime | None


class UnitOut(Schema):
    """A business unit in its place, and where it was, the newest first."""

    model_config = shown(
        key="store-ghent",
        name="Ghent",
        parent="region-be",
        history=[{"parent": "region-be", "since": "2026-03-01T09:00:00Z", "until": None}],
    )

    key: str
    name: str
    parent: str | None
    history: list[PlaceOut]


class Placed(Body):
    """What a unit is called, and the unit above it; null at the top."""

    name: Line
    parent: Line | None


class UnitChange(Placed):
    """What a unit is to be; `was` is what you have seen."""

    model_config = shown(
        name="Gent", parent="region-be", was={"name": "Ghent", "parent": "region-be"}
    )

    was: Placed


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
    return _table(request, own_rows(units(), actor_of(request), "key"))


@router.put("/units", response=Report)
@allowed("put_units")
def change_units(request: HttpRequest, sent: Units) -> Any:
    """Put business units in: new ones are made, known ones changed, none removed."""
    return put_in(request, put_units, [row.dict() for row in sent.rows])


@router.get("/units/{path:key}", response=UnitOut)
@allowed("see_office")
def one_unit(request: HttpRequest, key: str) -> Any:
    """A business unit, and where it was."""
    unit = unit_seen(request, key)
    told = {name: getattr(unit, name) for name in ("key", "name", "parent")}
    return {**told, "history": unit_history(key)}


@router.put("/units/{path:key}", response=UnitOut)
@allowed("put_units")
def alter_unit(request: HttpRequest, key: str, unit: UnitChange) -> Any:
    """Rename or move a unit: who sees what goes by the new tree; the second of two is told."""
    unit_seen(request, key)
    was = (unit.was.name, unit.was.parent)
    change_unit(key, name=unit.name, parent=unit.parent, was=was, actor=actor_of(request))
    return one_unit(request, key)


@router.get("/employees", response=Rows, openapi_extra=MORE_FORMATS)
@allowed("see_office")
def list_employees(request: HttpRequest) -> Any:
    """Our people: key, name, email, unit, role."""
    return _table(request, own_rows(employees(), actor_of(request)))


@router.put("/employees", response=Report)
@allowed("put_employees")
def change_employees(request: HttpRequest, sent: Employees) -> Any:
    """Put our people in: new ones are made, known ones changed, none removed."""
    return put_in(request, put_employees, [row.dict() for row in sent.rows])


@router.get("/touchpoints", response=Rows, openapi_extra=MORE_FORMATS)
@allowed("see_office")
def list_touchpoints(request: HttpRequest) -> Any:
    """Touchpoints: key, title, stage, channel, unit."""
    return _table(request, own_rows(touchpoints(), actor_of(request), of_nobody=True))


@router.put("/touchpoints", response=Report)
@allowed("put_touchpoints")
def change_touchpoints(request: HttpRequest, sent: Touchpoints) -> Any:
    """Put touchpoints in: new ones are made, known ones changed, none removed."""
    return put_in(request, put_touchpoints, [row.dict() for row in sent.rows])


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
