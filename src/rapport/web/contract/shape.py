"""Shapes of what goes in and out: schemas with an example that refuse what they do not know."""

from typing import Any

from ninja import Schema
from pydantic import ConfigDict


def shown(**example: Any) -> ConfigDict:
    """What a schema says of itself: an example of it.

    >>> shown(name="nps")["json_schema_extra"]
    {'examples': [{'name': 'nps'}]}
    """
    return ConfigDict(json_schema_extra={"examples": [example]})


class Body(Schema):
    """What somebody sends: a field that nobody reads is an error, not a silence."""

    model_config = ConfigDict(extra="forbid")


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
