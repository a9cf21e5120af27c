"""Figures in words for people: values with their unit, intervals, changes, ages and days.

In the reader's language: words by gettext, numbers and days by its locale.
"""

import datetime as dt
import math
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_decimal_symbol
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from rapport.kernel.figures import Figure
from rapport.methods.change import difference
from rapport.web.saying import said_all

_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
MINUS = "−"
_NARROW = "\u202f"  # between a number and its unit, so that they stay on one line


def value(number: float, unit: str) -> str:
    """The value with its unit.

    >>> value(31.4, "points"), value(0.823, "share"), value(1234.5, "EUR")
    ('+31', '82\\u202f%', '1,234\\u202fEUR')
    >>> value(1.5, "hours"), value(5.62, "of 7"), value(52340.0, "interactions")
    ('1\\u202fh 30\\u202fmin', '5.6 of 7', '52,340')
    """
    if unit == "points":
        rounded = round(number)
        return f"{MINUS if rounded < 0 else '+' if rounded > 0 else ''}{abs(rounded)}"
    if unit == "share":
        return f"{_percent(number)}{_NARROW}%"
    if unit in _SECONDS:
        return duration(number * _SECONDS[unit])
    if _is_currency(unit):
        return f"{_number(number)}{_NARROW}{unit}"
    if unit.startswith("of "):
        highest = unit.removeprefix("of ")
        return _("%(score)s of %(highest)s") % {"score": _number(number), "highest": highest}
    return _number(number)


def interval(figure: Figure) -> str | None:
    """The interval, as ± where it is even and as a range otherwise; None where there is none."""
    number, low, high = figure.value, figure.low, figure.high
    if number is None or low is None or high is None:
        return None
    if figure.unit == "points" and abs((high - number) - (number - low)) < 0.5:
        return f"±{_NARROW}{round((high - low) / 2)}"
    if figure.unit == "share":
        return _range(_percent(low), f"{_percent(high)}{_NARROW}%")
    if _is_currency(figure.unit):
        return _range(_number(low), value(high, figure.unit))
    return _range(value(low, figure.unit), value(high, figure.unit))


def _range(low: str, high: str) -> str:
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def note(figure: Figure) -> str:
    """What is to be minded of a figure; a figure carries it in English, for commands and files."""
    return said_all(figure.note or "")


def change(now: Figure, before: Figure | None, days: int) -> tuple[str, float] | None:
    """What changed against the period before, and its sign; None where it may be chance."""
    if before is None:
        return None
    found = difference(now.estimate, before.estimate)
    if found.value is None or found.low is None or found.high is None:
        return None
    if found.low <= 0 <= found.high:
        return None
    size = _size(abs(found.value), now.unit)
    if days == 365:
        higher = _("up %(size)s on the year before, more than chance")
        lower = _("down %(size)s on the year before, more than chance")
        return (higher if found.value > 0 else lower) % {"size": size}, found.value
    higher = _("up %(size)s on the %(days)s days before, more than chance")
    lower = _("down %(size)s on the %(days)s days before, more than chance")
    return (higher if found.value > 0 else lower) % {"size": size, "days": days}, found.value


def duration(seconds: float) -> str:
    """A length of time in its two largest units.

    >>> duration(42), duration(5400), duration(200000)
    ('42\\u202fs', '1\\u202fh 30\\u202fmin', '2\\u202fd 8\\u202fh')
    """
    # Rounded to the second unit first, so that an hour is never sixty minutes.
    fine = 3600 if seconds >= 86400 else 60 if seconds >= 3600 else 1
    left = round(seconds / fine) * fine
    parts = []
    for name, size in ((_("d"), 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if left >= size:
            parts.append(f"{left // size}{_NARROW}{name}")
            left %= size
    return " ".join(parts[:2]) or f"0{_NARROW}s"


def age(seconds: float) -> str:
    """How old something is.

    >>> age(20), age(200), age(7300), age(200000)
    ('20 s', '3 min', '2 h', '2 days')
    """
    for most, size, name in ((100, 1, "s"), (6000, 60, "min"), (172800, 3600, "h")):
        if seconds < most:
            return f"{max(0, int(seconds // size))} {name}"
    days = int(seconds // 86400)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def day(iso: str) -> str:
    """A day for people.

    >>> day("2026-10-03")
    '3 Oct 2026'
    """
    return format_date(dt.date.fromisoformat(iso), _("d MMM y"), locale=locale())


def moment(when: dt.datetime, *, seconds: bool = False) -> str:
    """A moment for tables of rows, as its own zone shows it.

    >>> moment(dt.datetime(2026, 1, 12, 18, 20, 5))
    '2026-01-12 18:20'
    """
    pattern = _("y-MM-dd HH:mm:ss") if seconds else _("y-MM-dd HH:mm")
    return format_datetime(when, pattern, tzinfo=when.tzinfo, locale=locale())


def exact(number: float | Decimal) -> str:
    """A number with all its digits, for tables of rows.

    >>> exact(1234.5), exact(Decimal("0.10")), exact(-4.0)
    ('1234.5', '0.10', '-4')
    """
    if not math.isfinite(number):
        return str(number)
    digits = f"{number if isinstance(number, Decimal) else Decimal(repr(number)):f}"
    digits = digits.removesuffix(".0") if isinstance(number, float) else digits
    return digits.replace(".", get_decimal_symbol(locale()))


def month(iso: str) -> str:
    """The month of a day, for people.

    >>> month("2026-10-01")
    'Oct 2026'
    """
    return format_date(dt.date.fromisoformat(iso), "MMM y", locale=locale())


def locale() -> str:
    """The reader's locale, for numbers and days."""
    return (get_language() or "en").replace("-", "_")


def whole(number: float) -> str:
    """A count.

    >>> whole(52340)
    '52,340'
    """
    return _decimal(number, "#,##0")


def cents(amount: Decimal) -> str:
    """An amount to the hundredth.

    >>> cents(Decimal("-1234.5"))
    '−1,234.50'
    """
    return _decimal(amount, "#,##0.00")


def _decimal(number: float | Decimal, pattern: str) -> str:
    # Nought of either sign is one number to a cache.
    return _written(number + 0, pattern, locale())


@lru_cache(maxsize=10_000)
def _written(number: float | Decimal, pattern: str, written_in: str) -> str:
    return format_decimal(number, pattern, locale=written_in).replace("-", MINUS)


def further_unit(unit: str) -> str:
    """What is left to say of a unit beside the value: nothing where the value says it.

    >>> further_unit("share"), further_unit("points of the scale")
    ('', 'points of the scale')
    """
    said = unit in ("points", "share") or unit in _SECONDS or _is_currency(unit)
    return "" if said or not unit else _(unit)


def _is_currency(unit: str) -> bool:
    return len(unit) == 3 and unit.isupper()


def _size(number: float, unit: str) -> str:
    if unit == "points":
        points = round(number)
        if points == 0:
            return _("less than 1 point")
        return ngettext("%(n)s point", "%(n)s points", points) % {"n": points}
    if unit == "share":
        return _("%(share)s percentage points") % {"share": _percent(number)}
    return value(number, unit)


def _percent(share: float) -> str:
    percent = 100 * share
    # Near the ends a whole number would say "none" or "all" of what is neither.
    if 0 < percent < 0.05:
        return f"<{_decimal(0.1, '0.0')}"
    if 99.95 <= percent < 100:
        return f">{_decimal(99.9, '0.0')}"
    fine = 0 < abs(percent) < 9.95 or 99 < percent < 100
    return _decimal(percent, "0.0" if fine else "0")


def _number(number: float) -> str:
    is_large = abs(number) >= 100 or number == int(number)
    return _decimal(number, "#,##0" if is_large else "#,##0.0")
