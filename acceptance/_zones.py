"""What clocks show in a zone, by Python's own zone tables: the oracle beside the engine's."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1)
QUARTER = timedelta(minutes=15)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # puts its clocks by half an hour
    "Asia/Kathmandu",  # 5:45 ahead
    "Africa/Casablanca",  # puts them back for Ramadan
    "America/Santiago",  # at midnight
    "Asia/Beirut",  # at midnight
    "Pacific/Apia",  # left a day out in 2011
    "Pacific/Kiritimati",  # 14 hours ahead
)


def place_of(moment: datetime, zone: ZoneInfo, week_start: int) -> tuple[int, int, int]:
    """Day, week and month of a moment since 1970; weeks begin on Monday (0) or Sunday (6)."""
    there = moment.astimezone(zone).date()
    first_week = EPOCH - timedelta(days=(EPOCH.weekday() - week_start) % 7)
    return (
        (there - EPOCH).days,
        (there - first_week).days // 7,
        (there.year - 1970) * 12 + there.month - 1,
    )


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day, UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def quarters(day: date, zone: ZoneInfo) -> int:
    """How many quarters of an hour a day has: 96, but for nights when clocks are put."""
    return (begins(day + timedelta(days=1), zone) - begins(day, zone)) // QUARTER


def changes(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[date]:
    """The days of these years that are longer or shorter than others, or not there at all."""
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        if quarters(day, zone) != 96:
            yield day
        day += timedelta(days=1)


def moments(day: date, zone: ZoneInfo) -> list[datetime]:
    """Each quarter of an hour of a day, at its first moment and at its last, UTC."""
    begin = begins(day, zone)
    firsts = [begin + n * QUARTER for n in range(quarters(day, zone))]
    return [one for first in firsts for one in (first, first + QUARTER - _LEAST)]


_LEAST = timedelta(microseconds=1)


def name_of(day: date, every: str, week_start: int) -> str:
    """What the period of a day is called."""
    match every:
        case "day":
            return day.isoformat()
        case "week" if week_start == 0:
            return f"{day:%G-W%V}"
        case "week":
            first = day - timedelta(days=(day.weekday() + 1) % 7)
            return f"{first}/{first + timedelta(days=6)}"
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day:%Y}-Q{(day.month + 2) // 3}"
        case _:
            return f"{day:%Y}"


def walls(shown: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment at which clocks show this, the later of two; None where they never do."""
    moment = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None, fold=0) == shown else None
