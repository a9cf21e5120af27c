"""A question in SQL, answered in a process of its own that sees what its reader may see.

Two walls (decision 0025): `vetting` lets one SELECT over named relations through, and the process
(`child`) could do no harm with another one. For who sees some units only, every relation is
filtered before it is named; what it is made of has a name nobody can guess.
"""

import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from rapport.kernel.errors import BusyError, InputError, StoreError
from rapport.ledger.limited.vetting import vetted
from rapport.ledger.moment import Moment, moment_of
from rapport.ledger.schema import FIELD_NAMES
from rapport.ledger.snapshot import IDENTITY, needs_customer
from rapport.ledger.upkeep import leases

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

AT_ONCE = 2
_KEPT_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a question may go: seconds, rows and bytes of the answer, bytes of memory."""

    seconds: float = 10.0
    rows: int = 10_000
    bytes: int = 32 * 1024**2
    memory_bytes: int = 1024**3


@dataclass(frozen=True, slots=True)
class Limited:
    """An answer, and whether it was cut at a limit."""

    table: pa.Table
    is_cut: bool


_USUAL = Limits()


def readable(
    ledger: "Ledger", units: Collection[str] | None, hidden: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """The relations that a reader may ask, each with its columns, without the hidden ones."""
    moment = moment_of(ledger)
    published = {
        name: tuple(pq.read_schema(path).names)
        for name, path in moment.published.items()
        if name != IDENTITY
    }
    seen = {n: c for n, c in published.items() if units is None or _narrowed(n, c) is not None}
    told = {"interactions": FIELD_NAMES, **seen}
    return {name: tuple(c for c in columns if c not in hidden) for name, columns in told.items()}


def ask(
    ledger: "Ledger",
    query: str,
    units: Collection[str] | None,
    limits: Limits = _USUAL,
    *,
    hidden: Collection[str] = (),
) -> Limited:
    """The answer to one SELECT over `interactions` and the published tables.

    Args:
        ledger: of the store.
        query: in DuckDB's SQL.
        units: the business units the reader sees; None for all.
        limits: at which the answer is cut, or given up.
        hidden: columns that are not there for the reader.

    Raises:
        InputError: it is no such question, the engine cannot run it, or it takes too much.
        BusyError: others are asking just now.
    """
    relations = readable(ledger, units, hidden)
    text = vetted(query, relations.keys())
    if not _turns.acquire(blocking=False):
        raise BusyError("Others are asking just now", hint="Ask again in a few seconds.")
    try:
        lease = leases.take(ledger.readers)
        try:
            request, tail = _request(moment_of(ledger, lease), relations, units, text, limits)
            return _answered(request, tail, limits)
        finally:
            lease.release()
    finally:
        _turns.release()


def _request(
    moment: Moment,
    relations: dict[str, tuple[str, ...]],
    units: Collection[str] | None,
    text: str,
    limits: Limits,
) -> tuple[dict[str, object], pa.Table]:
    token = secrets.token_hex(8)
    paths = [*moment.files, *moment.published.values()]
    request = {
        "tail": f"tail_{token}",
        "views": list(_views(moment, relations, units, token, text)),
        "paths": [str(path) for path in paths],
        "query": text,
        "rows": limits.rows + 1,
        "bytes": limits.bytes,
        "memory_bytes": limits.memory_bytes,
        "seconds": int(limits.seconds) + 1,
    }
    return request, moment.tail.select(relations["interactions"])


def _views(
    moment: Moment,
    relations: dict[str, tuple[str, ...]],
    units: Collection[str] | None,
    token: str,
    text: str,
) -> Iterator[tuple[str, str]]:
    names = relations["interactions"]
    columns = ", ".join(names)
    parts = [f"SELECT {columns} FROM tail_{token}"]
    if moment.files:
        parts.append(f"SELECT {columns} FROM {_parquet(moment.files)}")
    where = "" if units is None else f" WHERE {_of_units('s.unit', units)}"
    stored = f"({' UNION ALL '.join(parts)}) AS s"
    # Whose units are narrowed is asked for customers by the views themselves.
    if IDENTITY in moment.published and (units is not None or needs_customer(text)):
        mapped = {"customer": "coalesce(m.customer, s.customer) AS customer"}
        told = ", ".join(mapped.get(name, f"s.{name}") for name in names)
        stored += f" LEFT JOIN {_parquet([moment.published[IDENTITY]])} AS m ON s.customer = m.key"
        yield "interactions", f"SELECT {told} FROM {stored}{where}"
    else:
        yield "interactions", f"SELECT s.* FROM {stored}{where}"
    for name in relations.keys() - {"interactions"}:
        listed = ", ".join(map(_named, relations[name]))
        whole = f"SELECT {listed} FROM {_parquet([moment.published[name]])}"
        narrow = None if units is None else _narrowed(name, relations[name], units)
        yield name, whole if narrow is None else f"{whole} WHERE {narrow}"


def _narrowed(name: str, columns: Collection[str], units: Collection[str] = ()) -> str | None:
    """What holds for rows of a published table that belong to some units; None: nobody can tell."""
    mine = "(SELECT customer FROM interactions WHERE customer IS NOT NULL)"
    if name == "customers":
        return f"({_of_units('unit', units)} OR key IN {mine})"
    # What is counted over all units tells of the others, even of a customer one sees.
    if "unit" in columns:
        return _of_units("unit", units)
    return "id IN (SELECT id FROM interactions)" if name == "annotations" else None


def _of_units(column: str, units: Collection[str]) -> str:
    return f"{column} IN ({', '.join(map(_quoted, sorted(units)))})" if units else "false"


def _parquet(files: Collection[Path]) -> str:
    listed = ", ".join(_quoted(str(path)) for path in files)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def _named(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _answered(request: dict[str, object], tail: pa.Table, limits: Limits) -> Limited:
    given = pa.BufferOutputStream()
    with pa.ipc.new_stream(given, tail.schema) as writer:
        writer.write_table(tail)
    words = [sys.executable, "-m", "rapport.ledger.limited.child"]
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    with subprocess.Popen(  # noqa: S603 - our own Python and a module of ours
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            question = json.dumps(request).encode() + b"\n" + given.getvalue().to_pybytes()
            answer, said = process.communicate(question, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise InputError(
                "The question took too long and was stopped",
                expected=f"an answer within {limits.seconds:.0f} seconds",
                hint="Ask about fewer days, or about fewer columns.",
            ) from None
    if process.returncode:
        raise _error(process.returncode, said.decode("utf-8", "replace"))
    table = pa.ipc.open_stream(answer).read_all()
    is_cut = table.num_rows > limits.rows or table.nbytes >= limits.bytes
    return Limited(table.slice(0, limits.rows), is_cut)


def _error(code: int, said: str) -> InputError | StoreError:
    """What the process said of the question; where it died, memory or time was over."""
    try:
        told = json.loads(said.strip().splitlines()[-1])
    except (ValueError, IndexError):
        told = {"kind": "memory" if code < 0 or "MemoryError" in said else "broken", "said": ""}
    if told["kind"] == "memory":
        return InputError(
            "The question needs more memory than one may take",
            hint="Ask about fewer rows at a time, or group them.",
        )
    if told["kind"] == "broken":
        return StoreError("The question could not be answered", got=said.strip()[-200:] or code)
    return InputError("The question cannot be run", got=told["said"])
