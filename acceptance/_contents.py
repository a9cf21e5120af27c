"""What a store holds, in a form that can be compared: row digests of tables, and answers."""

import hashlib
import json
from pathlib import Path
from typing import Any

from rapport.kernel.errors import RapportError
from rapport.ledger.api import Frozen, Snapshot, Table, frozen, open_ledger, rows_of
from rapport.measures.api import all_measures, compute, to_json_rows

Digests = dict[str, str]
_ALL = 2**128
# Each measure is asked these ways; with some thirty measures that is more than fifty questions.
_WAYS: tuple[dict[str, Any], ...] = ({}, {"by": ["channel"]}, {"every": "month"})


def digests(home: Path) -> Digests:
    """Number and digest of the rows of every table and of the interactions, in any order."""
    ledger = open_ledger(home)
    try:
        with frozen(ledger) as store:
            found = digests_of(store)
        with ledger.read() as snapshot:
            found["interactions"] = _of_rows(snapshot)
        return found
    finally:
        ledger.close()


def answers(home: Path) -> list[str]:
    """What every measure says, asked in a few ways; a refusal is an answer too."""
    ledger = open_ledger(home)
    try:
        with ledger.read() as snapshot:
            return [_answer(snapshot, name, way) for name in all_measures() for way in _WAYS]
    finally:
        ledger.close()


def digests_of(store: Frozen) -> Digests:
    """Number and digest of the rows of every table."""
    return {table.name: _of_table(store, table) for table in store.tables}


def _of_table(store: Frozen, table: Table) -> str:
    digest = _Sum()
    for chunk in store.chunks(table):
        for row in rows_of(chunk):
            digest.add(row)
    return digest.told()


def _of_rows(snapshot: Snapshot) -> str:
    digest = _Sum()
    for row in snapshot.sql("SELECT * FROM interactions").to_pylist():
        digest.add(tuple(row.values()))
    return digest.told()


class _Sum:
    """The sum of the hashes of rows."""

    def __init__(self) -> None:
        self._rows = self._sum = 0

    def add(self, row: tuple[object, ...]) -> None:
        text = repr(tuple(_plain(value) for value in row))
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        self._rows += 1
        self._sum = (self._sum + int.from_bytes(digest, "big")) % _ALL

    def told(self) -> str:
        return f"{self._rows} rows {self._sum:032x}"


def _plain(value: object) -> object:
    """JSON has many spellings; PostgreSQL keeps one of its own."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(value), sort_keys=True)
        except ValueError:
            return value
    return value


def _answer(snapshot: Snapshot, name: str, way: dict[str, Any]) -> str:
    try:
        found = json.dumps(to_json_rows(compute(snapshot, name, **way)), default=str)
    except RapportError as error:
        found = str(error)
    return f"{name} {way}: {found}"
