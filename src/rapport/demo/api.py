"""The door of the demo room: an invented company, the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import pyarrow as pa

from rapport.demo import people as who
from rapport.demo.blocks import told
from rapport.demo.days import Calendar
from rapport.demo.facts import COMPANY, CURRENCY, END, FACTS, MONTHS, ZONE, Fact
from rapport.demo.office import Staff, employees_table, staffed, touchpoints_table, units_table
from rapport.kernel.errors import InputError

__all__ = ["COMPANY", "CURRENCY", "END", "FACTS", "ZONE", "Company", "Fact", "company"]

_CUSTOMERS_MOST = 20_000_000
_BLOCKS_PER_TABLE = 10


@dataclass(frozen=True)
class Company:
    """A retailer of bicycles with two years of interactions that end on `end`.

    Attributes:
        size: number of customers; about 25 interactions each.
        seed: the same seed gives the same bytes.
        end: the last day.
    """

    size: int
    seed: int
    end: date
    calendar: Calendar = field(repr=False)

    @property
    def blocks(self) -> int:
        """Number of blocks of customers; each can be generated alone."""
        return -(-self.size // who.BLOCK)

    @property
    def tables(self) -> int:
        """Number of tables that `interactions` gives."""
        return MONTHS * -(-self.blocks // _BLOCKS_PER_TABLE)

    def block(self, index: int) -> Iterator[pa.Table]:
        """The interactions of one block of customers, a table a month."""
        return told(self.seed, index, self._size_of(index), self.calendar, self._rosters)

    def interactions(self) -> Iterator[pa.Table]:
        """All interactions: month after month, in each a table for 10 blocks of customers,
        each block in order of time.

        Columns are fields of the ledger and `key`, which is unique. Memory: 0.3 GB and
        about 130 bytes a customer.
        """
        blocks = [self.block(index) for index in range(self.blocks)]
        for _ in range(MONTHS):
            for at in range(0, len(blocks), _BLOCKS_PER_TABLE):
                yield pa.concat_tables(next(one) for one in blocks[at : at + _BLOCKS_PER_TABLE])

    def customers(self) -> pa.Table:
        """Customers: key, account, since, name, email, phone, traits and consents (JSON text)."""
        return pa.concat_tables(who.tabled(p, self.calendar) for p in self._people())

    def sheets(self) -> Iterator[pa.Table]:
        """Customers a block at a time as the customers' room takes them in."""
        for people in self._people():
            yield who.sheet(people, self.calendar)

    def identity(self) -> pa.Table:
        """Keys that guests used before they registered: key, customer."""
        return pa.concat_tables(who.aliases(p) for p in self._people())

    def employees(self) -> pa.Table:
        """Employees: key, name, email, unit, role, hired, left, trained."""
        return employees_table(self._staff)

    def units(self) -> pa.Table:
        """Business units: key, name, parent, sort."""
        return units_table()

    def touchpoints(self) -> pa.Table:
        """Touchpoints: key, title, stage, channel."""
        return touchpoints_table()

    @cached_property
    def _staff(self) -> Staff:
        return staffed(self.seed, self.end)

    @cached_property
    def _rosters(self) -> dict[int, list[who.Codes]]:
        return self._staff.rosters(self.end)

    def _size_of(self, block: int) -> int:
        return min(who.BLOCK, self.size - block * who.BLOCK)

    def _people(self) -> Iterator[who.People]:
        for block in range(self.blocks):
            yield who.drawn(self.seed, block, self._size_of(block), self.calendar)


def company(customers: int = 20_000, seed: int = 1, end: date = END) -> Company:
    """A believable company of that many customers.

    Raises:
        InputError: fewer than 1 or more than 20 million customers.

    >>> company(100).identity().column_names
    ['key', 'customer']
    """
    if not 1 <= customers <= _CUSTOMERS_MOST:
        raise InputError(
            "The demo cannot have that many customers",
            got=customers,
            expected=f"1 to {_CUSTOMERS_MOST}",
        )
    return Company(customers, seed, end, Calendar.until(end))
