"""Values with an inside, as cells of a table."""

from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring
from typing import Any


class Number(str):
    """A number as it is written in the file: 400 digits stay 400 digits."""

    __slots__ = ()


def flat(record: Mapping[str, Any]) -> dict[str, str | None]:
    """The cells of a JSON object: one level of objects inside gets dots, the rest stays JSON.

    >>> flat({"user": {"id": Number("7"), "tags": ["a"]}, "ok": True, "note": None})
    {'user.id': '7', 'user.tags': '["a"]', 'ok': 'true', 'note': None}
    """
    cells: dict[str, str | None] = {}
    for key, value in record.items():
        if type(value) is dict and value:
            for inner, each in value.items():
                cells[f"{key}.{inner}"] = cell(each)
        else:
            cells[key] = cell(value)
    return cells


def cell(value: Any) -> str | None:
    """A value as text; lists and objects as JSON.

    >>> cell(True), cell(None), cell("Zoë"), cell([Number("1.50")])
    ('true', None, 'Zoë', '[1.50]')
    """
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    return as_json(value)


def as_json(value: Any) -> str:
    """Compact JSON; numbers as they were written, what JSON does not know as text."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Mapping):
        pairs = (f"{encode_basestring(str(key))}:{as_json(each)}" for key, each in value.items())
        return "{" + ",".join(pairs) + "}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return "[" + ",".join(map(as_json, value)) + "]"
    return encode_basestring(str(value))
