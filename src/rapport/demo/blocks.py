"""A block of customers told month by month: reproducible alone from the seed and its number."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rapport.demo import people as who
from rapport.demo import plans, presence, publicity, purchases, support, surveys
from rapport.demo.days import Calendar
from rapport.demo.facts import MONTHS
from rapport.demo.months import Month, State
from rapport.demo.rows import Rows, tabled

_KEYS_PER_BLOCK = 1_000_000_000
_FORGETS = 0.72


def told(
    seed: int,
    block: int,
    size: int,
    calendar: Calendar,
    rosters: dict[int, list[npt.NDArray[np.int64]]],
) -> Iterator[pa.Table]:
    """The interactions of one block, a table a month, each in order of time.

    What begins in one month and happens in a later one is carried over, and what would happen
    after the last day is not told.
    """
    people = who.drawn(seed, block, size, calendar)
    state = State.fresh(size)
    for index in range(MONTHS):
        seeds = np.random.SeedSequence(seed, spawn_key=(block, index))
        rng = np.random.Generator(np.random.PCG64(seeds))
        felt = np.zeros(size)
        _live(Month(index, people, state, calendar, rng, rosters, felt, block))
        state.mood = np.clip(state.mood * _FORGETS + felt, -3.0, 2.0)
        yield _handed_out(people, state, calendar, block, index)


def _live(month: Month) -> None:
    """One month: what is asked and decided first rests on the months before."""
    surveys.relational(month)
    plans.run(month)
    presence.look_around(month)
    presence.advertise(month)
    presence.refer(month)
    purchases.buy(month)
    support.converse(month)
    publicity.publish(month)


def _handed_out(
    people: who.People, state: State, calendar: Calendar, block: int, index: int
) -> pa.Table:
    rows = np.concatenate(state.carried)
    until = min(calendar.begins(index + 1), calendar.closes())
    state.carried = [rows[rows["t"] >= until]]
    rows = rows[rows["t"] < until]
    rows = rows[np.argsort(rows["t"], kind="stable")]
    first = block * _KEYS_PER_BLOCK + state.emitted
    state.emitted += len(rows)
    keys = pa.array(np.arange(first, first + len(rows))).cast(pa.string())
    _as_guests(people, rows)
    named = pa.concat_arrays([who.keys(people), who.guest_keys(people)])
    accounts = who.accounts(people)
    return tabled(rows, keys, named, pa.concat_arrays([accounts, accounts]))


def _as_guests(people: who.People, rows: Rows) -> None:
    """Guests are known by their e-mail key (the second half of the keys) until they register."""
    person = rows["person"]
    guest = (person >= 0) & (rows["t"] < people.guest_until[person])
    rows["person"] = np.where(guest, person + len(people), person)
