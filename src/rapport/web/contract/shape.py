"""Shapes of what goes in and out: schemas with an example that refuse what they do not know."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

# A line or a text of people's own; no database keeps a NUL.
Line = Annotated[str, Field(max_length=255, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Field(max_length=20_000, pattern=r"^[^\x00]*$")]
# Says which state of a thing was seen.
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
# A number of ours in an address or a body; larger ones no database has.
Number = Annotated[int, Field(ge=1, le=2**53)]


def shown(**example: Any) -> ConfigDict:
    """What a schema says of itself: an example of it.

    >>> shown(name="nps")["json_schema_extra"]
    {'examples': [{'name': 'nps'}]}
    """
    return ConfigDict(json_schema_extra={"examples": [example]})


def _day(given: Any) -> date:
    if isinstance(given, str) and _DAY.fullmatch(given):
        return date.fromisoformat(given)
    raise ValueError("a day is said as 2026-01-31")


def _moment(given: Any) -> datetime:
    moment = datetime.fromisoformat(given) if isinstance(given, str) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError("a moment is said with its zone, as 2026-01-31T12:00:00+01:00")
    return moment


# Without these a number would be read as seconds since 1970.
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class Body(Schema):
    """What somebody sends: a field that nobody reads, or of another type, is an error."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Done(Schema):
    """Something was done that has nothing further to tell."""

    model_config = shown(done=True)

    done: bool = True


class Rows(Schema):
    """Rows of a table; which columns there are depends on what was asked."""

    model_config = shown(rows=[{"day": 20089, "channel": "web", "score": 9.0}])

    rows: list[dict[str, Any]]


class PageOfRows(Rows):
    """A part of a long table.

    Attributes:
        next: cursor of the part after it; null at the end.
    """

    model_config = shown(rows=[{"day": 20089, "channel": "web", "score": 9.0}], next=None)

    next: str | None
