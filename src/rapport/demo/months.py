"""One month of one block while it is told: who is there, what they felt, what has happened."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rapport.demo.days import Calendar
from rapport.demo.facts import Fact
from rapport.demo.people import People
from rapport.demo.rows import Rows, made

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NUMBERS_PER_BLOCK = 10_000_000


@dataclass(slots=True)
class State:
    """What changes from month to month about the people of a block.

    Attributes:
        active: still a customer; nobody comes back.
        plan: number of the running service plan, 0 for none.
        plan_month: month the running plan began.
        mood: what the last weeks left behind, about -3 to 2.
        told: last answer on the nps scale, -1 for none yet.
        next_number: next free thread number of the block.
        carried: records made already that belong to later months.
        emitted: how many records have been handed out.
    """

    active: Flags
    plan: Codes
    plan_month: Codes
    mood: Floats
    told: Codes
    next_number: int = 1
    carried: list[Rows] = field(default_factory=list)
    emitted: int = 0

    @classmethod
    def fresh(cls, n: int) -> "State":
        """The state of `n` people before the first month."""
        whole = np.zeros(n, np.int64)
        return cls(np.ones(n, bool), whole, whole.copy(), np.zeros(n), whole - 1)


@dataclass(slots=True)
class Month:
    """The month being told.

    Attributes:
        index: 0 to 23.
        people, state: the block.
        rng: the month's own stream.
        rosters: who works in which unit, by month.
        felt: what this month's events add to each person's mood.
        worries: people, moments and themes of what may make them write or call.
    """

    index: int
    people: People
    state: State
    calendar: Calendar
    rng: np.random.Generator
    rosters: dict[int, list[Codes]]
    felt: Floats
    block: int
    worries: list[tuple[Codes, Codes, Codes]] = field(default_factory=list)

    def tell(self, n: int, **fields: Any) -> None:
        """Add `n` records."""
        if n:
            self.state.carried.append(made(n, **fields))

    def holds(self, fact: Fact) -> bool:
        """Whether the month lies within a fact."""
        return fact.since <= self.index < fact.until

    def present(self) -> Codes:
        """The people who came before this month and have not left."""
        before = self.people.arrives < self.calendar.begins(self.index)
        return np.flatnonzero(before & self.state.active)

    def arriving(self) -> Codes:
        """The people whose first interaction falls into this month."""
        begins, ends = self.calendar.begins(self.index), self.calendar.begins(self.index + 1)
        return np.flatnonzero((self.people.arrives >= begins) & (self.people.arrives < ends))

    def numbers(self, n: int) -> Codes:
        """`n` thread numbers never used before."""
        first = self.block * NUMBERS_PER_BLOCK + self.state.next_number
        self.state.next_number += n
        return np.arange(first, first + n)

    def some(self, people: Codes, share: float | Floats) -> Codes:
        """Each of the people with a probability."""
        return people[self.rng.random(len(people)) < share]

    def feel(self, people: Codes, amount: float | Floats) -> None:
        """Let events change the mood of people; the same person may occur several times."""
        np.add.at(self.felt, people, amount)

    def worry(self, people: Codes, t: Codes, theme: int | Codes) -> None:
        """People have a reason to contact us at these moments about a theme (code)."""
        self.worries.append((people, t, np.broadcast_to(np.asarray(theme), people.shape)))

    def at_work(self, units: Codes) -> Codes:
        """For each unit code somebody who works there this month."""
        picked = np.full(len(units), -1, np.int64)
        for unit in np.unique(units):
            where = np.flatnonzero(units == unit)
            roster = self.rosters[int(unit)][self.index]
            picked[where] = roster[self.rng.integers(0, len(roster), len(where))]
        return picked

    def after(self, t: Codes, median: float | Floats, spread: float = 0.8) -> Codes:
        """Moments a lognormal time (median in µs) after `t`."""
        return t + (np.asarray(median) * np.exp(self.noise(len(t), spread))).astype(np.int64)

    def noise(self, n: int, spread: float = 1.0) -> Floats:
        """Normal noise."""
        return self.rng.standard_normal(n) * spread
