"""Zones by the tables of the package tzdata, which is locked beside the engine.

Python by itself takes the machine's own tables where there are some, however old, while the engine
has its own: then a filter and a figure may disagree about the day of a moment.
"""

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone of that name.

    Raises:
        ZoneInfoNotFoundError: there is none.

    >>> zone_named("Europe/Berlin").key
    'Europe/Berlin'
    """
    table = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    if not table.is_file():
        return ZoneInfo(name)
    with table.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
