"""Working calendars: when we work, and the days on which we do not.

Hours of a weekday are spans that do not touch, such as 09:00-12:30 and 13:00-17:00: the gap is a
break. 24:00 is the end of a day.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from rapport.kernel.errors import ChangedError, InputError
from rapport.kernel.zones import zone_named
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.permission import require
from rapport.office.tables import one_transaction, query

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Spans = tuple[tuple[str, str], ...]
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")
_LONGEST = 255
_COLUMNS = "SELECT key, name, zone, hours, holidays, version FROM office_calendar"


@dataclass(frozen=True, slots=True)
class Calendar:
    """When we work.

    Attributes:
        key, name: in the organisation's own words.
        zone: IANA name; hours are counted in it.
        hours: spans by weekday, of WEEKDAYS; none on a day off.
        holidays: name by day.
        version: to hand back with a change, 0 for a new one.
    """

    key: str
    name: str
    zone: str
    hours: Mapping[str, Spans]
    holidays: Mapping[date, str]
    version: int = 0


def calendars() -> list[Calendar]:
    """All of them, by name."""
    return [_calendar(*row) for row in query(f"{_COLUMNS} ORDER BY name, key")]


def find_calendar(key: str) -> Calendar | None:
    """One calendar; None where there is none of that key."""
    found = query(f"{_COLUMNS} WHERE key = %s", key)
    return _calendar(*found[0]) if found else None


def put_calendar(calendar: Calendar, *, actor: Actor) -> None:
    """Store a calendar, new or in place of the one of its key and version.

    Raises:
        ForbiddenError: the actor may not.
        ChangedError: there is one of that key with another version.
        InputError: no key, no name, or there is no such zone.
    """
    require(actor, "change_settings")
    _check(calendar)
    hours = msgspec.json.encode(calendar.hours).decode()
    days = {day.isoformat(): name for day, name in sorted(calendar.holidays.items())}
    values = (calendar.name, calendar.zone, hours, msgspec.json.encode(days).decode())
    with one_transaction():
        if calendar.version == 0:
            done = query(
                "INSERT INTO office_calendar (name, zone, hours, holidays, key, version) "
                "VALUES (%s, %s, %s, %s, %s, 1) ON CONFLICT (key) DO NOTHING RETURNING key",
                *(*values, calendar.key),
            )
        else:
            done = query(
                "UPDATE office_calendar SET name = %s, zone = %s, hours = %s, holidays = %s, "
                "version = version + 1 WHERE key = %s AND version = %s RETURNING key",
                *(*values, calendar.key, calendar.version),
            )
        if not done:
            raise ChangedError(
                "Somebody else made or changed this calendar meanwhile",
                hint="Look at what is there now, and change it again if it is still needed.",
            )
        write_line(actor, Act("put_calendar", "calendar", calendar.key))


def read_spans(text: str) -> Spans:
    """Spans of a weekday, as people write them.

    Raises:
        InputError: a time is none, or the spans are not in order; says which.

    >>> read_spans("9:00-12:30, 13:00-17:00")
    (('09:00', '12:30'), ('13:00', '17:00'))
    >>> read_spans(" ")
    ()
    """
    spans = tuple(_span(part) for part in text.replace(";", ",").split(",") if part.strip())
    for (_, end), (begin, _) in pairwise(spans):
        if begin <= end:
            raise InputError(
                "Spans of a day follow each other with a break", got=f"{begin} after {end}"
            )
    return spans


def write_spans(spans: Sequence[tuple[str, str]]) -> str:
    """Spans as `read_spans` reads them.

    >>> write_spans((("09:00", "12:30"), ("13:00", "17:00")))
    '09:00-12:30, 13:00-17:00'
    """
    return ", ".join(f"{begin}-{end}" for begin, end in spans)


def read_holidays(text: str) -> dict[date, str]:
    """Holidays, one a line: the day, then its name.

    Raises:
        InputError: a line does not begin with a day; says which.

    >>> read_holidays("2026-12-25 Christmas Day")
    {datetime.date(2026, 12, 25): 'Christmas Day'}
    """
    found: dict[date, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        day, _, name = line.strip().partition(" ")
        if not day:
            continue
        try:
            found[date.fromisoformat(day)] = name.strip()[:_LONGEST]
        except ValueError:
            raise InputError(
                f"Line {number} does not begin with a day",
                got=line.strip()[:60],
                expected="such as 2026-12-25 Christmas Day",
            ) from None
    return found


def _span(text: str) -> tuple[str, str]:
    begin, dash, end = text.replace("–", "-").partition("-")
    times = [one.strip() for one in (begin, end)]
    if not dash or not all(_TIME.fullmatch(one) for one in times):
        raise InputError("These are no hours", got=text.strip()[:60], expected="09:00-17:00")
    first, last = (one.zfill(5) for one in times)
    if first >= last:
        raise InputError("A span ends after it begins", got=text.strip()[:60])
    return first, last


def _check(calendar: Calendar) -> None:
    if not calendar.key.strip() or not calendar.name.strip():
        raise InputError("A calendar has a key and a name")
    if not calendar.key.isprintable() or "/" in calendar.key or len(calendar.key) > _LONGEST:
        raise InputError(
            "A key is a short word", got=calendar.key[:60], expected="letters, digits, - and _"
        )
    try:
        zone_named(calendar.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"There is no time zone {calendar.zone!r}", expected="such as Europe/Berlin"
        ) from None


def _calendar(key: str, name: str, zone: str, hours: str, holidays: str, version: int) -> Calendar:
    spans = msgspec.json.decode(hours, type=dict[str, Spans])
    days = msgspec.json.decode(holidays, type=dict[date, str])
    return Calendar(key, name, zone, spans, days, version)
