"""Segments made, changed and removed; two who change one at once are told."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rapport.customers.segments.rules import parse_rule, without_value
from rapport.kernel.errors import ChangedError, InputError, NotFoundError
from rapport.office.api import (
    Act,
    Actor,
    as_moment,
    as_stored,
    one_transaction,
    query,
    require,
    write_line,
)

_LONGEST_NAME = 100
_LONGEST_KEY = 60
_NO_KEY = re.compile(r"[^a-z0-9]+")
_COLUMNS = "key, name, rule, version, rule_version, changed_at"
_ALL = f"SELECT {_COLUMNS} FROM customers_segment ORDER BY name, key"
_ONE = f"SELECT {_COLUMNS} FROM customers_segment WHERE key = %s"
_ADD = """
    INSERT INTO customers_segment (key, name, rule, version, rule_version, changed_at, changed_by)
    VALUES (%s, %s, %s, 1, 1, %s, %s)
"""
_CHANGE = """
    UPDATE customers_segment
    SET name = %s, rule = %s, version = version + 1, rule_version = %s, changed_at = %s,
        changed_by = %s
    WHERE key = %s AND version = %s RETURNING key
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as its row says; `rule` is the canonical text of a `Rule`."""

    key: str
    name: str
    rule: str
    version: int
    rule_version: int
    changed_at: datetime


def put_segment(
    name: str, rule: str, *, actor: Actor, key: str | None = None, seen: int | None = None
) -> Segment:
    """Make a segment, or change the one with that key.

    Args:
        name: for people; a new segment's key is made of it.
        rule: see `rules`.
        actor: who does it.
        key: of the segment to change; None for a new one.
        seen: the version the actor has seen, when changing.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such segment.
        ChangedError: somebody else has changed the segment since the actor saw it.
        InputError: the name is empty or too long, or the rule cannot be read.
    """
    require(actor, "put_segment")
    title = " ".join(name.replace("\0", "").split())
    if not title or len(title) > _LONGEST_NAME:
        raise InputError("A segment needs a name", expected=f"1 to {_LONGEST_NAME} characters")
    text = str(parse_rule(rule))
    if "\0" in text:
        raise InputError("A rule holds no NUL")
    with one_transaction():
        now = as_stored(datetime.now(UTC))
        if key is None:
            key = _new_key(title)
            query(_ADD, key, title, text, now, actor.id)
        else:
            _change(segment_named(key), title, text, now, actor, seen)
        found = segment_named(key)
        write_line(actor, Act("put_segment", "segment", key, {"version": found.version}))
    return found


def remove_segment(key: str, *, actor: Actor) -> None:
    """Remove a segment; who was in it goes from beside the ledger with the next refresh.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such segment.
    """
    require(actor, "remove_segment")
    with one_transaction():
        segment_named(key)
        query("DELETE FROM customers_segment WHERE key = %s", key)
        write_line(actor, Act("remove_segment", "segment", key))


def segments() -> list[Segment]:
    """All segments by name."""
    return [_segment(row) for row in query(_ALL)]


def segment_named(key: str) -> Segment:
    """The segment of that key.

    Raises:
        NotFoundError: there is none.
    """
    rows = query(_ONE, key)
    if not rows:
        raise NotFoundError(f"There is no segment {key!r}")
    return _segment(rows[0])


def forget_in_rules(names: tuple[str, ...]) -> int:
    """Replace names of somebody who is being erased in all rules; how many rules had one."""
    changed = 0
    for one in segments():
        text = without_value(one.rule, names, "[erased]")
        if text != one.rule:
            query("UPDATE customers_segment SET rule = %s WHERE key = %s", text, one.key)
            changed += 1
    return changed


def _change(old: Segment, name: str, rule: str, now: str, actor: Actor, seen: int | None) -> None:
    rule_version = old.rule_version + (rule != old.rule)
    changed = query(_CHANGE, name, rule, rule_version, now, actor.id, old.key, seen)
    if not changed:
        raise ChangedError(
            "Somebody else has changed this segment since you opened it",
            hint="Look at it again in another window, then save yours once more.",
        )


def _new_key(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    begin = _NO_KEY.sub("-", apart)[:_LONGEST_KEY].strip("-") or "segment"
    taken = {one.key for one in segments()}
    number, key = 1, begin
    while key in taken:
        number += 1
        key = f"{begin}-{number}"
    return key


def _segment(row: tuple[Any, ...]) -> Segment:
    key, name, rule, version, rule_version, changed_at = row
    return Segment(key, name, rule, version, rule_version, as_moment(changed_at))
