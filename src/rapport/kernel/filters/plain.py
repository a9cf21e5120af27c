"""The same question in fewer words: what the three compilers have in common.

A plain tree has no Between, and compares fields that hold moments only with moments in UTC: a day
has become the stretch from its start to the start of the next one, in the reader's zone. True and
false beside a field that holds text or numbers have become the words, as JSON writes them.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rapport.kernel.filters.tree import (
    Among,
    And,
    Between,
    Comparison,
    Expression,
    Field,
    FieldType,
    Literal,
    Not,
    Or,
)


def plain(tree: Expression, zone: tzinfo) -> Expression:
    """The tree without Between, and with moments in UTC for days and local moments."""
    match tree:
        case And(parts):
            return And(tuple(plain(part, zone) for part in parts))
        case Or(parts):
            return Or(tuple(plain(part, zone) for part in parts))
        case Not(part):
            return Not(plain(part, zone))
        case Between(field, low, high):
            ends = (Comparison(field, ">=", low), Comparison(field, "<=", high))
            return And(tuple(plain(end, zone) for end in ends))
        case Comparison(field, operator, value) if field.type is FieldType.MOMENT:
            return _moment(field, operator, value, zone)
        case Among(field, values) if field.type is FieldType.MOMENT:
            each = tuple(_moment(field, "=", value, zone) for value in values)
            return each[0] if len(each) == 1 else Or(each)
        case Comparison(field, operator, bool() as value) if field.type is FieldType.ANY:
            return Comparison(field, operator, _flag_text(value))
        case Among(field, values) if field.type is FieldType.ANY:
            return Among(field, tuple(_flag_text(value) for value in values))
        case leaf:
            return leaf


def _flag_text(value: Literal) -> Literal:
    """A flag as JSON writes it; anything else as it is."""
    return ("true" if value else "false") if isinstance(value, bool) else value


def _moment(field: Field, operator: str, value: Literal, zone: tzinfo) -> Expression:
    if isinstance(value, datetime):
        return Comparison(field, operator, _instant(value, zone))
    assert isinstance(value, date)
    start = _instant(datetime.combine(value, time()), zone)
    end = _day_end(value, zone)
    match operator:
        case "=":
            return And((Comparison(field, ">=", start), Comparison(field, "<", end)))
        case "<" | ">=":
            return Comparison(field, operator, start)
        case "<=":
            return Comparison(field, "<", end)
        case _:
            return Comparison(field, ">=", end)


def _instant(local: datetime, zone: tzinfo) -> datetime:
    aware = local if local.tzinfo is not None else local.replace(tzinfo=zone)
    try:
        return aware.astimezone(UTC)
    except OverflowError:  # the last hours of the year 9999, west of Greenwich
        return datetime.max.replace(tzinfo=UTC)


def _day_end(day: date, zone: tzinfo) -> datetime:
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return _instant(datetime.combine(day + timedelta(days=1), time()), zone)
