"""Working calendars: hours of a week, days off."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from rapport.kernel.errors import NotFoundError
from rapport.office.api import (
    WEEKDAYS,
    Calendar,
    calendars,
    find_calendar,
    put_calendar,
    read_spans,
    write_spans,
)
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Day, Line, Version, shown

router = Router(tags=["organisation"])

_WEEK = {"mon": "09:00-12:30, 13:00-17:00", "fri": "09:00-14:00"}
_DAYS_OFF = [{"day": "2026-12-25", "name": "Christmas Day"}]


class Week(Body):
    """Hours of each weekday, such as `09:00-12:30, 13:00-17:00`; nothing on a day off."""

    model_config = shown(**_WEEK)

    mon: Line = ""
    tue: Line = ""
    wed: Line = ""
    thu: Line = ""
    fri: Line = ""
    sat: Line = ""
    sun: Line = ""


class DayOff(Body):
    """A day on which nobody works."""

    model_config = shown(**_DAYS_OFF[0])

    day: Day
    name: Line = ""


class DayOffOut(Schema):
    """A day on which nobody works."""

    model_config = shown(**_DAYS_OFF[0])

    day: date
    name: str


class CalendarOut(Schema):
    """When we work; hand `version` back with a change."""

    model_config = shown(
        key="desk",
        name="Service desk",
        zone="Europe/Berlin",
        hours={**dict.fromkeys(WEEKDAYS, ""), **_WEEK},
        days_off=_DAYS_OFF,
        version=1,
    )

    key: str
    name: str
    zone: str
    hours: dict[str, str]
    days_off: list[DayOffOut]
    version: int


class Calendars(Schema):
    """All calendars, by name."""

    calendars: list[CalendarOut]


class CalendarIn(Body):
    """A calendar; `version` is the one you have seen, 0 for a new one."""

    model_config = shown(
        name="Service desk", zone="Europe/Berlin", hours=_WEEK, days_off=_DAYS_OFF, version=0
    )

    name: Line
    zone: Line
    hours: Week
    days_off: list[DayOff] = Field([], max_length=1000)
    version: Version = 0


@router.get("/calendars", response=Calendars)
@allowed("see_office")
def list_calendars(request: HttpRequest) -> Any:  # noqa: ARG001
    """When we work."""
    return {"calendars": [_calendar(one) for one in calendars()]}


@router.get("/calendars/{key}", response=CalendarOut)
@allowed("see_office")
def one_calendar(request: HttpRequest, key: str) -> Any:  # noqa: ARG001
    """One calendar."""
    return _calendar(_named(key))


@router.put("/calendars/{key}", response=CalendarOut)
@allowed("change_settings")
def keep_calendar(request: HttpRequest, key: str, sent: CalendarIn) -> Any:
    """Make or change a calendar; of two who do so at once the second is told."""
    hours = {day: read_spans(getattr(sent.hours, day)) for day in WEEKDAYS}
    days_off = {one.day: one.name.strip() for one in sent.days_off}
    calendar = Calendar(key, sent.name.strip(), sent.zone, hours, days_off, sent.version)
    put_calendar(calendar, actor=actor_of(request))
    return _calendar(_named(key))


def _named(key: str) -> Calendar:
    found = find_calendar(key) if key.isprintable() else None
    if found is None:
        raise NotFoundError("There is no such calendar")
    return found


def _calendar(one: Calendar) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("key", "name", "zone", "version")},
        "hours": {day: write_spans(one.hours.get(day, ())) for day in WEEKDAYS},
        "days_off": [{"day": day, "name": name} for day, name in sorted(one.holidays.items())],
    }
