"""The calendar of the demo: days, hours and seasons in the reporting zone, as UTC moments."""

from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import numpy.typing as npt

from rapport.demo.facts import MONTHS, ZONE, month_begins
from rapport.kernel.zones import zone_named

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
OPENS, CLOSES = 8 * HOUR, 18 * HOUR
_OPEN = CLOSES - OPENS
_EPOCH = date(1970, 1, 1)
_MARGIN = 400

# January to December: spring is the season of bicycles, December that of presents.
SEASON = np.array([0.72, 0.76, 1.0, 1.2, 1.24, 1.14, 0.95, 0.9, 1.0, 0.86, 1.1, 1.42])
# Monday to Sunday.
_WEEKDAYS = {
    "online": np.array([1.0, 0.92, 0.92, 0.95, 1.0, 1.2, 1.3]),
    "store": np.array([0.7, 0.8, 0.9, 1.0, 1.2, 1.9, 0.0]),
    "desk": np.array([1.5, 1.2, 1.1, 1.05, 1.0, 0.6, 0.25]),
}
_HOURS = {
    "online": np.array([2, 1, 1, 0, 0, 1, 3, 5, 6, 7, 7, 7, 8, 7, 6, 6, 7, 8, 9, 12, 14, 13, 9, 5]),
    "store": np.array([0] * 10 + [6, 8, 9, 9, 10, 10, 10, 8] + [0] * 6),
    "desk": np.array([1, 0, 0, 0, 0, 1, 2, 5, 9, 11, 11, 9, 8, 8, 8, 8, 8, 7, 6, 6, 6, 5, 3, 2]),
}
_HOURS_SUM = {habit: np.cumsum(h / h.sum()) for habit, h in _HOURS.items()}


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Calendar:
    """Two years of months that end on `end`, in the reporting zone.

    Attributes:
        end: the last day.
        starts: day numbers of the first day of months 0 to 24.
        first: day number that the first entry of `shift` stands for.
        shift: for each day, local time minus UTC at noon, in microseconds.
    """

    end: date
    starts: Ints
    first: int
    shift: Ints

    @classmethod
    def until(cls, end: date) -> "Calendar":
        """The calendar of the two years that end with the month of `end`."""
        starts = np.array([day_number(month_begins(m, end)) for m in range(MONTHS + 1)])
        first = int(starts[0]) - _MARGIN
        zone = zone_named(ZONE)
        days = [
            date.fromordinal(_EPOCH.toordinal() + d) for d in range(first, starts[-1] + _MARGIN)
        ]
        noons = [datetime.combine(d, time(12), zone).utcoffset() for d in days]
        shift = [int(n.total_seconds()) * SECOND for n in noons if n is not None]
        return cls(end, starts, first, np.array(shift, np.int64))

    def utc(self, day: Ints, local: Ints) -> Ints:
        """Moments (µs UTC) of local times (µs since local midnight) on day numbers."""
        return day * DAY + local - self.shift[day - self.first]

    def local(self, t: Ints) -> Ints:
        """Moments as µs since 1970-01-01 on the local clock."""
        return t + self.shift[t // DAY - self.first]

    def begins(self, month: int) -> int:
        """The moment month 0 to 24 begins."""
        return int(self.utc(self.starts[month : month + 1], np.zeros(1, np.int64))[0])

    def closes(self) -> int:
        """The first moment after the last day."""
        return int(self.utc(np.array([day_number(self.end) + 1]), np.zeros(1, np.int64))[0])

    def season(self, month: int) -> float:
        """How much is bought in that month, 1 being usual."""
        return float(SEASON[month_begins(month, self.end).month - 1])

    def moments(self, rng: np.random.Generator, n: int, month: int, habit: str) -> Ints:
        """`n` random moments in a month, by the weekdays and hours of a habit."""
        days = np.arange(self.starts[month], self.starts[month + 1])
        weights = np.cumsum(_WEEKDAYS[habit][(days + 3) % 7])
        day = days[np.searchsorted(weights / weights[-1], rng.random(n), side="right")]
        return self.on(rng, day, habit)

    def on(self, rng: np.random.Generator, day: Ints, habit: str) -> Ints:
        """Random moments on given days, by the hours of a habit."""
        hour = np.searchsorted(_HOURS_SUM[habit], rng.random(len(day)), side="right")
        return self.utc(day, hour * HOUR + (rng.random(len(day)) * HOUR).astype(np.int64))

    def worked(self, t: Ints, work: Ints) -> Ints:
        """The moment `work` µs of opening time (Monday to Saturday, 8 to 18) after `t`."""
        local = self.local(t)
        day = local // DAY
        weekday, week = (day + 3) % 7, (day + 3) // 7
        spent = np.where(weekday == 6, 0, np.clip(local % DAY - OPENS, 0, _OPEN))
        done = (week * 6 + weekday) * _OPEN + spent + work
        at, rest = done // _OPEN, done % _OPEN
        return self.utc(at // 6 * 7 + at % 6 - 3, rest + OPENS)
