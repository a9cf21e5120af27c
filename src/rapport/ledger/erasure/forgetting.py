"""Where else the ledger keeps a person: former contents, rejected rows, names of files."""

import json
import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rapport.ledger import frames
from rapport.ledger.erasure.keeping_out import NOTHING, REMOVED, cells_of
from rapport.ledger.erasure.suppression import spelling
from rapport.ledger.failpoints import reach
from rapport.ledger.reasons import REJECTED_SCHEMA
from rapport.ledger.relational.database import Database
from rapport.ledger.schema import EMPTY

# A shorter name is found as a whole cell only: inside a text it would be there by chance.
_SHORTEST_INSIDE = 6


def mentions(names: Collection[str]) -> Callable[[str], bool]:
    """Whether a text names somebody: as a whole cell of a raw row, or inside it.

    >>> names_ana = mentions(["C-1", "ana@x.example"])
    >>> names_ana('{"who": "C-1"}'), names_ana('{"text": "C-12"}'), names_ana("to ANA@x.example!")
    (True, False, True)
    """
    whole = {spelling(name) for name in names}
    inside = _pattern(names)

    def named(text: str) -> bool:
        if inside is not None and inside.search(text):
            return True
        return any(spelling(cell) in whole for cell in cells_of(text))

    return named


def _pattern(names: Collection[str]) -> re.Pattern[str] | None:
    # JSON may write a letter as an escape; both ways of writing are looked for.
    longer = {name for name in names if len(name) >= _SHORTEST_INSIDE}
    longer |= {json.dumps(name)[1:-1] for name in longer}
    if not longer:
        return None
    any_of = "|".join(re.escape(name) for name in sorted(longer, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{any_of})(?!\w)", re.IGNORECASE)


def forget_former(database: Database, ids: Collection[bytes], customers: Collection[str]) -> int:
    """Forget what revised interactions said before: of these ids and of the customer; how many.

    Their revising cannot be undone any more: then they are taken out with nothing in their place.
    """
    gone: set[Any] = set(ids)
    for _, rows in _pieces(database):
        named = pc.is_in(rows["customer"], pa.array(customers, pa.string()))
        gone.update(rows.filter(named)["id"].to_pylist())
    count = 0
    for piece, rows in _pieces(database):
        kept = rows.filter(pc.invert(pc.is_in(rows["id"], pa.array(sorted(gone), pa.binary()))))
        if kept.num_rows < rows.num_rows:
            count += rows.num_rows - kept.num_rows
            _keep_piece(database, piece, kept, rows)
    reach("erase.former")
    return count


def rename_former(database: Database, employees: Collection[str], name: str) -> None:
    """Replace an employee's names in former contents by another."""
    for piece, rows in _pieces(database):
        mine = pc.is_in(rows["employee"], pa.array(employees, pa.string()))
        if pc.any(mine).as_py():
            place = rows.column_names.index("employee")
            anew = pc.if_else(mine, pa.scalar(name), rows["employee"])
            _keep_piece(database, piece, rows.set_column(place, "employee", anew), rows)


def former_rows(database: Database, customers: Collection[str]) -> pa.Table:
    """What revised interactions of a customer said before."""
    mine = [
        rows.filter(pc.is_in(rows["customer"], pa.array(customers, pa.string())))
        for _, rows in _pieces(database)
    ]
    return pa.concat_tables([EMPTY, *mine])


def _pieces(database: Database) -> Iterable[tuple[int, pa.Table]]:
    for (piece,) in database.rows("SELECT piece FROM ledger_revised_rows ORDER BY piece"):
        body = database.value("SELECT body FROM ledger_revised_rows WHERE piece = ?", (piece,))
        yield piece, frames.from_bytes(body)


def _keep_piece(database: Database, piece: int, kept: pa.Table, before: pa.Table) -> None:
    """Rows of a piece that stay, and the links to those that do not go, in one transaction."""
    stays = set(kept["id"].to_pylist())
    gone = [(piece, one) for one in before["id"].to_pylist() if one not in stays]
    with database.write() as connection:
        connection.executemany("DELETE FROM ledger_revised WHERE piece = ? AND id = ?", gone)
        if kept.num_rows:
            connection.execute(
                "UPDATE ledger_revised_rows SET body = ? WHERE piece = ?",
                (frames.to_bytes(kept), piece),
            )
        else:
            connection.execute("DELETE FROM ledger_revised_rows WHERE piece = ?", (piece,))


def rejected_rows(database: Database, names: Collection[str]) -> Iterable[dict[str, Any]]:
    """Rejected rows that name somebody, with the number of their batch."""
    named = mentions(names)
    for batch, rows in _rejected(database):
        for row in rows.to_pylist():
            if named(row["raw"]) or named(row["got"]):
                yield {"batch": batch, **row}


def forget_rejected(database: Database, names: Collection[str]) -> int:
    """Empty the rejected rows that name somebody: line and reason stay; how many."""
    named, count = mentions(names), 0
    for batch, table in _rejected(database):
        rows = table.to_pylist()
        found = [row for row in rows if named(row["raw"]) or named(row["got"])]
        if not found:
            continue
        count += len(found)
        for row in found:
            row["raw"], row["got"] = NOTHING, ""
        body = frames.to_bytes(pa.Table.from_pylist(rows, schema=REJECTED_SCHEMA))
        with database.write() as connection:
            connection.execute("UPDATE ledger_rejected SET body = ? WHERE batch = ?", (body, batch))
    reach("erase.rejected")
    return count


def _rejected(database: Database) -> Iterable[tuple[int, pa.Table]]:
    for (batch,) in database.rows("SELECT batch FROM ledger_rejected ORDER BY batch"):
        body = database.value("SELECT body FROM ledger_rejected WHERE batch = ?", (batch,))
        yield batch, frames.from_bytes(body)


def forget_in_imports(database: Database, names: Collection[str]) -> int:
    """Take names out of the names of files and the texts of mappings; how many imports had one."""
    inside = _pattern(names)
    if inside is None:
        return 0
    found = [
        (inside.sub(REMOVED, file), inside.sub(REMOVED, mapping), number)
        for number, file, mapping in database.rows("SELECT id, file, mapping FROM ledger_import")
        if inside.search(file) or inside.search(mapping)
    ]
    with database.write() as connection:
        connection.executemany("UPDATE ledger_import SET file = ?, mapping = ? WHERE id = ?", found)
    reach("erase.imports")
    return len(found)
