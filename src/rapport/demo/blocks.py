"""A block of customers told month by month: reproducible alone from the seed and its number."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rapport.demo import people as who
from rapport.demo import plans, presence, publicity, purchases, support, surveys
from rapport.demo.columns import Column, looked_up, numbered
from rapport.demo.days import Calendar
from rapport.demo.facts import MONTHS
from rapport.demo.months import Month, State
from rapport.demo.rows import Rows, joined_rows, picked_rows, tabled

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
    names = who.named(people)
    state = State.fresh(size)
    for index in range(MONTHS):
        seeds = np.random.SeedSequence(seed, spawn_key=(block, index))
        rng = np.random.Generator(np.random.PCG64(seeds))
        felt = np.zeros(size)
        _live(Month(index, people, state, calendar, rng, rosters, felt, block))
        state.mood = np.clip(state.mood * _FORGETS + felt, -3.0, 2.0)
        window = (calendar.begins(index + 1), calendar.closes())
        yield _handed_out(people, names, state, window, block * _KEYS_PER_BLOCK)


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
    people: who.People, names: who.Names, state: State, window: tuple[int, int], first_key: int
) -> pa.Table:
    """The records before a moment as a table, in order of time; the others are carried on.

    `window` is that moment and the first one after the company's last day.
    """
    until, closes = window
    rows = joined_rows(state.carried)
    t = np.ascontiguousarray(rows["t"])
    order = np.argsort(t, kind="stable")
    now, later = np.searchsorted(t[order], [min(until, closes), closes])
    state.carried = [picked_rows(rows, order[now:later])]
    rows = picked_rows(rows, order[:now])
    keys = numbered(np.arange(first_key, first_key + now) + state.emitted)
    state.emitted += int(now)
    return tabled(rows, keys, *_named(people, names, rows))


def _named(people: who.People, names: who.Names, rows: Rows) -> tuple[Column, Column]:
    """Customer and account of each record; guests go by their e-mail key until they register."""
    person = np.ascontiguousarray(rows["person"])
    guest = rows["t"] < people.guest_until[person]
    own = np.where(guest, names.guest_at[person], person)
    customers = looked_up(names.keys, np.where(person >= 0, own, -1))
    accounts = np.where(person >= 0, people.account[person], -1)
    return customers, looked_up(names.accounts, accounts)
