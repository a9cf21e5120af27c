"""One cell of a row about people: read it, or say what is wrong with it."""

from datetime import UTC, date, datetime
from typing import Any

LONGEST = 255


class CellError(Exception):
    """A cell that cannot be used; caught by the row's reader, which rejects the row."""

    def __init__(self, reason: str, got: Any, expected: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.got = got
        self.expected = expected


def read_text(value: Any, longest: int = LONGEST) -> str | None:
    """Text without the space around it; None for an empty cell. Whole numbers lose their point.

    >>> read_text("  Ana "), read_text(17850.0), read_text(" "), read_text(float("nan"))
    ('Ana', '17850', None, None)
    """
    if type(value) is not str:
        if value is None or value != value:
            return None
        value = str(int(value) if isinstance(value, float) and value.is_integer() else value)
    text: str = value.strip()
    if len(text) > longest:
        raise CellError("out_of_range", f"{len(text)} characters", f"at most {longest} characters")
    if "\x00" in text:
        raise CellError("malformed", ascii(text[:40]), "text without NUL")
    return text or None


def read_email(value: Any) -> str | None:
    """An e-mail address in lower case; None for an empty cell.

    >>> read_email(" Ana@X.example ")
    'ana@x.example'
    """
    text = read_text(value)
    if text is None:
        return None
    name, at, host = text.rpartition("@")
    if not (at and name and host) or len(text.split()) != 1:
        raise CellError("malformed", text, "an e-mail address: name@host")
    return text.lower()


def read_date(value: Any) -> str | None:
    """A day as ISO text; None for an empty cell.

    >>> read_date("2024-02-29"), read_date(datetime(2024, 2, 29, 8))
    ('2024-02-29', '2024-02-29')
    """
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = read_text(value)
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        raise CellError("malformed", text, "a day: YYYY-MM-DD") from None


def read_moment(value: Any) -> datetime | None:
    """A moment in UTC (a time without zone is taken as UTC); None for an empty cell.

    >>> read_moment("2024-02-29T10:00:00+02:00")
    datetime.datetime(2024, 2, 29, 8, 0, tzinfo=datetime.timezone.utc)
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        text = read_text(value)
        if text is None:
            return None
        value = _moment(text)
    moment: datetime = value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise CellError("malformed", text, "a moment: YYYY-MM-DDTHH:MM:SS+00:00") from None
