"""After a restored backup: whoever was erased since is erased again, before anything is served.

The backup of the database knows nothing of later erasures, but the log beside it does
(`ledger.suppression`). It holds keyed hashes only, so everybody in the store is hashed and
compared.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from rapport.customers.api import every_name
from rapport.ledger.api import (
    SUPPRESSED_CUSTOMER,
    SUPPRESSED_EMPLOYEE,
    SUPPRESSED_ROW,
    Ledger,
    Noted,
)
from rapport.office.api import employees
from rapport.privacy.people import Person, customer, employee, nameless
from rapport.privacy.verbs import Erased, erase_again


def reapply_erasures(ledger: Ledger) -> list[Erased]:
    """Erase again what an older backup has brought back; nothing where the store is up to date.

    Call it after a restore, before anybody can read. Killed, it goes on when it is called again.
    """
    unheeded = ledger.suppression.unheeded()
    if not unheeded:
        return []
    done = [erase_again(ledger, person, how) for person, how in _returned(ledger, unheeded)]
    ledger.suppression.heed(unheeded)
    return done


def _returned(ledger: Ledger, noted: list[Noted]) -> Iterator[tuple[Person, str]]:
    """The people of the log who are in the store, each once, and how they were erased."""
    how = {one.hash: one.how for one in noted}
    met: set[str] = set()
    for name, method in _matching(ledger, SUPPRESSED_CUSTOMER, _customers(ledger), how):
        if name not in met:
            person = customer(name)
            met.update(person.names)
            yield person, method
    for name, method in _matching(ledger, SUPPRESSED_EMPLOYEE, _employees(ledger), how):
        if name not in met:
            someone = employee(name)
            met.update(someone.names)
            yield someone, method
    rows = [one.hash for one in noted if one.what == SUPPRESSED_ROW]
    if rows:
        yield from _rows(ledger, how)


def _matching(
    ledger: Ledger, what: str, names: Iterable[str], how: dict[bytes, str]
) -> Iterator[tuple[str, str]]:
    for name in names:
        method = how.get(ledger.suppression.hash(what, name))
        if method is not None:
            yield name, method


def _rows(ledger: Ledger, how: dict[bytes, str]) -> Iterator[tuple[Person, str]]:
    with ledger.read() as snapshot:
        rows = snapshot.sql("SELECT id FROM stored WHERE customer IS NULL")
    ids: list[Any] = rows["id"].to_pylist()
    found = [(one, how.get(ledger.suppression.hash(SUPPRESSED_ROW, one))) for one in ids]
    for method in {method for _, method in found if method}:
        mine = tuple(one.hex() for one, said in found if said == method)
        yield nameless((), mine), method


def _customers(ledger: Ledger) -> list[str]:
    """Everybody whom interactions or records name, and all their identifiers."""
    return sorted({*_told(ledger, "customer"), *every_name()})


def _employees(ledger: Ledger) -> list[str]:
    known = employees().to_pylist()
    return sorted(
        {
            *_told(ledger, "employee"),
            *(row["key"] for row in known),
            *(row["email"] for row in known if row["email"]),
        }
    )


def _told(ledger: Ledger, column: str) -> list[str]:
    query = f"SELECT DISTINCT {column} FROM stored WHERE {column} IS NOT NULL"
    with ledger.read() as snapshot:
        found: list[Any] = snapshot.sql(query)[column].to_pylist()
    return found
