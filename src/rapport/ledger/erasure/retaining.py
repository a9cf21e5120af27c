"""Erasing what is older than it may be kept: many people at once, by kind and by source."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from rapport.ledger import writes
from rapport.ledger.erasure.anonymising import SHARED, TOKEN, Disguise, new_token, shifts_of
from rapport.ledger.erasure.erasing import part_erased, rewrite
from rapport.ledger.erasure.finding import Files, Found
from rapport.ledger.erasure.forgetting import forget_former
from rapport.ledger.erasure.suppression import ANONYMISE
from rapport.ledger.sealing import empty_journal

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

_ANONYMOUS = (
    f"starts_with(coalesce(customer, '{TOKEN}'), '{TOKEN}') AND text IS NULL "
    f"AND starts_with(coalesce(thread, '{TOKEN}'), '{TOKEN}') AND properties IS NULL"
)


@dataclass(frozen=True, slots=True)
class Old:
    """Interactions of a kind, of a source or both, in months before one (since 1970-01)."""

    kind: str | None
    source: str | None
    before: int

    def condition(self, how: str) -> tuple[str, list[Any]]:
        """As SQL, with its parameters; what is anonymous already is not meant."""
        said = {"kind": self.kind, "source": self.source}
        named = {name: value for name, value in said.items() if value is not None}
        parts = [f"{name} = ?" for name in named]
        if how == ANONYMISE:
            parts.append(f"NOT ({_ANONYMOUS})")
        return " AND ".join(parts), list(named.values())


def erase_old(ledger: "Ledger", old: Old, how: str) -> int:
    """Anonymise or delete what is older than it may be kept; how many rows. Can be run again.

    Month after month, so that memory and what a kill undoes stay small; a customer has one token
    in all of them. A thread goes with the month of its last row.
    """
    tokens: dict[str, str] = {}
    count = 0
    with ledger.hold("lake"):
        writes.recover(ledger)
        empty_journal(ledger)
        for month in _months(Files(ledger), old, how):
            found = Found(_rows(Files(ledger), old, how, month))
            forget_former(ledger.database, found.ids(), ())
            disguise = _disguise(ledger, found.rows, tokens)
            count += rewrite(ledger, found, partial(part_erased, ledger, how, disguise))
    return count


def _months(lake: Files, old: Old, how: str) -> list[int]:
    """Months that have something to go, oldest first."""
    if not lake.files:
        return []
    condition, parameters = old.condition(how)
    query = f"SELECT DISTINCT month FROM {lake.source} WHERE {condition} AND month < ? ORDER BY 1"
    return [month for (month,) in lake.bench.execute(query, [*parameters, old.before]).fetchall()]


def _rows(lake: Files, old: Old, how: str, month: int) -> pa.Table:
    condition, parameters = old.condition(how)
    alone = f"{condition} AND thread IS NULL AND month = ?"
    ended = (
        f"{condition} AND month <= ? AND thread IN (SELECT thread FROM {lake.source} "
        f"WHERE {condition} AND thread IS NOT NULL GROUP BY thread HAVING max(month) = ?)"
    )
    values = [*parameters, month, *parameters, month, *parameters, month]
    return lake.rows(f"({alone}) OR ({ended})", values)


def _disguise(ledger: "Ledger", rows: pa.Table, tokens: dict[str, str]) -> Disguise:
    """As for one person, with a token for each; what only one customer has goes."""
    lake = Files(ledger)
    for name in _values(rows, "customer"):
        # Who has a token already keeps it: nobody knows whose it is.
        tokens.setdefault(name, name if name.startswith(TOKEN) else new_token())
    accounts = set(_values(rows, "account")) - lake.of_several(rows, "account")
    return Disguise(
        customers=tokens,
        accounts={one: new_token() for one in sorted(accounts)},
        threads={one: new_token() for one in _values(rows, "thread")},
        shifts=shifts_of(rows, ledger.settings.zone),
        shared={name: lake.of_several(rows, name) for name in SHARED},
    )


def _values(rows: pa.Table, column: str) -> list[str]:
    return [one for one in pc.unique(rows[column]).to_pylist() if one is not None]
