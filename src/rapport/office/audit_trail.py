"""The audit, searched; and its chain of hashes, which shows whether a line was changed or removed.

Each line's hash is made from the line before and from what the line says. A job fills it in when a
line is old enough that no transaction with a smaller number can still be under way.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from django.db import connection

from rapport.office.audit import Act, Line
from rapport.office.tables import as_moment, as_stored, one_transaction, query

PAGE = 50
_REST = timedelta(minutes=1)
_AT_ONCE = 2_000
_COLUMNS = "id, at, actor, verb, object_kind, object_id, details, import_id"
_UNCHAINED = f"""
    SELECT {_COLUMNS} FROM office_auditline WHERE chain IS NULL AND at < %s ORDER BY id LIMIT %s
"""
_LAST = "SELECT chain FROM office_auditline WHERE chain IS NOT NULL ORDER BY id DESC LIMIT 1"
_CHAINED = f"SELECT {_COLUMNS}, chain FROM office_auditline WHERE id > %s ORDER BY id LIMIT %s"
_SEED = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines of the audit: by who did it, what, to which kind of thing, and when.

    `first_day` and `last_day` are inside, in UTC.
    """

    actor: str = ""
    verb: str = ""
    thing: str = ""
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """What the chain of hashes shows: how many lines it holds, and the first that is wrong."""

    lines: int
    broken_at: int | None


def find_lines(
    asked: Asked, *, before: int | None = None, limit: int = PAGE
) -> list[tuple[int, Line]]:
    """Lines by number, the newest first; `before` is the number of the last line seen."""
    parts: list[tuple[str, Any]] = [("id < %s", before)] if before is not None else []
    parts += [("actor = %s", asked.actor)] if asked.actor else []
    parts += [("verb = %s", asked.verb)] if asked.verb else []
    parts += [("object_kind = %s", asked.thing)] if asked.thing else []
    parts += [("at >= %s", _midnight(asked.first_day))] if asked.first_day else []
    parts += [("at < %s", _midnight(asked.last_day, 1))] if asked.last_day else []
    where = f"WHERE {' AND '.join(part for part, _ in parts)}" if parts else ""
    rows = query(
        f"SELECT {_COLUMNS} FROM office_auditline {where} ORDER BY id DESC LIMIT %s",
        *(*(value for _, value in parts), limit),
    )
    return [(row[0], _line(row)) for row in rows]


def known_verbs() -> list[str]:
    """Verbs that the audit has lines of."""
    return [verb for (verb,) in query("SELECT DISTINCT verb FROM office_auditline ORDER BY 1")]


def chain_audit(now: datetime | None = None) -> int:
    """Fill in the hashes of lines that are old enough; how many. Killed, it goes on later."""
    until = as_stored((now or datetime.now(UTC)) - _REST)
    with one_transaction():
        last = query(_LAST)
        link = bytes(last[0][0]) if last else _SEED
        hashed = []
        for row in query(_UNCHAINED, until, _AT_ONCE):
            link = _next(link, row)
            hashed.append((link, row[0]))
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE office_auditline SET chain = %s WHERE id = %s", hashed)
    return len(hashed)


def check_chain() -> Chain:
    """Compute every hash anew and compare; reads the whole audit."""
    link, count, last = _SEED, 0, 0
    while rows := query(_CHAINED, last, _AT_ONCE):
        for row in rows:
            last = row[0]
            if row[-1] is None:
                continue
            link = _next(link, row[:-1])
            if bytes(row[-1]) != link:
                return Chain(count, last)
            count += 1
    return Chain(count, None)


def _next(link: bytes, row: tuple[Any, ...]) -> bytes:
    number, at, actor, verb, kind, object_id, details, import_id = row
    told = msgspec.json.encode(
        [
            *(number, as_stored(as_moment(at)), actor, verb, kind, object_id),
            *(msgspec.json.decode(details), import_id),
        ],
        order="sorted",
    )
    return hashlib.sha256(link + told).digest()


def _line(row: tuple[Any, ...]) -> Line:
    _, at, actor, verb, kind, object_id, details, import_id = row
    act = Act(verb, kind, object_id, msgspec.json.decode(details), import_id)
    return Line(as_moment(at), actor, act)


def _midnight(day: date, later: int = 0) -> str:
    # The last day there is has none after it.
    return f"{min(day, date.max - timedelta(later)) + timedelta(later)} 00:00:00"
