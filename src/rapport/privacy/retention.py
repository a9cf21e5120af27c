"""How long interactions are kept: rules in HOME/retention.toml, kept every day.

    [[rule]]
    kind = "page.viewed"          # or source = "...", or both
    months = 14
    then = "delete"

    [[rule]]
    source = "survey"
    months = 36                   # then = "anonymise" where nothing is said

A rule acts on whole months: an interaction goes when the month it is in ended that many months ago.
A thread goes as a whole, when its last interaction is old enough. Running the rules again finds
nothing more to do.
"""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rapport.kernel.errors import ChangedError, InputError, did_you_mean
from rapport.kernel.zones import zone_named
from rapport.ledger.api import ANONYMISE, DELETE, Ledger, Old, erase_old, known_kinds
from rapport.office.api import Act, Actor, one_transaction, require, write_line

FILE = "retention.toml"
_KEYS = {"kind", "source", "months", "then"}
_THEN = (ANONYMISE, DELETE)


@dataclass(frozen=True, slots=True)
class Rule:
    """Interactions of a kind, of a source or both are kept so many months, then `then`."""

    kind: str | None
    source: str | None
    months: int
    then: str


def rules_of(home: Path) -> tuple[Rule, ...]:
    """The rules of a store, in their order; none where there is no file.

    Raises:
        InputError: the file cannot be read, or a rule is none; says which and why.
    """
    path = home / FILE
    return _read(path) if path.is_file() else ()


def _read(path: Path) -> tuple[Rule, ...]:
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{FILE} is not TOML", got=str(error)) from None
    blocks = given.get("rule", [])
    if set(given) - {"rule"} or not isinstance(blocks, list):
        raise InputError(f"{FILE} holds [[rule]] blocks only", got=", ".join(given))
    return tuple(_rule(number, block) for number, block in enumerate(blocks, 1))


def _rule(number: int, block: Mapping[str, Any]) -> Rule:
    where = f"{FILE}, [[rule]] {number}"
    for key in block:
        if key not in _KEYS:
            raise InputError(f"{where}: {key!r} means nothing here", hint=did_you_mean(key, _KEYS))
    kind, source, months = block.get("kind"), block.get("source"), block.get("months")
    if kind is None and source is None:
        raise InputError(f"{where}: nothing says which", expected="kind or source")
    if kind is not None and kind not in known_kinds():
        hint = did_you_mean(str(kind), known_kinds())
        raise InputError(f"{where}: there is no kind {kind!r}", hint=hint)
    if not isinstance(months, int) or months < 1:
        raise InputError(f"{where}: how long?", got=repr(months), expected="months = 1 or more")
    then = block.get("then", ANONYMISE)
    if then not in _THEN:
        raise InputError(f"{where}: then what?", got=repr(then), expected=" or ".join(_THEN))
    return Rule(kind, source, months, then)


def retain(ledger: Ledger, *, actor: Actor, now: datetime | None = None) -> list[int]:
    """Keep the rules: how many interactions went by each of them.

    Args:
        ledger: the store.
        actor: who does it.
        now: the moment that ages are counted to.

    Raises:
        ForbiddenError: the actor may not.
        InputError: the rules cannot be read.
    """
    require(actor, "retain")
    month = _month(now or datetime.now(UTC), ledger.settings.zone)
    counts = []
    for number, rule in enumerate(rules_of(ledger.home), 1):
        count = erase_old(ledger, Old(rule.kind, rule.source, month - rule.months), rule.then)
        counts.append(count)
        if count:
            with one_transaction():
                details: dict[str, int | str] = {"interactions": count, "then": rule.then}
                write_line(actor, Act("retain", "rule", str(number), details))
    return counts


def would_go(ledger: Ledger, rule: Rule, *, now: datetime | None = None) -> int:
    """How many interactions are older than a rule allows, counted without touching them.

    Interactions of a thread whose end is younger stay for now, so that fewer may go.
    """
    month = _month(now or datetime.now(UTC), ledger.settings.zone) - rule.months
    condition, values = Old(rule.kind, rule.source, month).condition(rule.then)
    for value in values:
        condition = condition.replace("?", _quoted(value), 1)
    query = f"SELECT count(*) AS n FROM stored WHERE {condition} AND month < {month}"
    with ledger.read() as snapshot:
        return int(snapshot.sql(query)["n"][0].as_py())


def change_rules(
    ledger: Ledger, rules: Sequence[Rule], *, was: Sequence[Rule], actor: Actor
) -> None:
    """Put other rules into the place of those that were seen.

    Raises:
        ForbiddenError: the actor may not.
        ChangedError: the rules are others by now.
        InputError: a rule is none; says which and why.
    """
    require(actor, "change_retention")
    with ledger.hold("retention"):
        if rules_of(ledger.home) != tuple(was):
            raise ChangedError(
                "Somebody else changed the rules meanwhile", hint="Look at what they are now."
            )
        path = ledger.home / FILE
        draft = path.with_suffix(".new")
        draft.write_text("\n".join(_text(rule) for rule in rules), "utf-8")
        try:
            _read(draft)
        except InputError:
            draft.unlink()
            raise
        draft.replace(path)
    with one_transaction():
        write_line(actor, Act("change_retention", "rules", details={"rules": len(rules)}))


def _text(rule: Rule) -> str:
    told = {"kind": rule.kind, "source": rule.source, "months": rule.months, "then": rule.then}
    said = {name: value for name, value in told.items() if value is not None}
    # TOML has no half characters, as which JSON would write an emoji.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()]
    return "\n".join(["[[rule]]", *lines, ""])


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def daily(ledger: Ledger) -> Callable[[], None]:
    """A step for the worker: keeps the rules once a day, and the first time it is called."""
    kept: set[date] = set()

    def keep() -> None:
        today = datetime.now(UTC).date()
        if today not in kept:
            if rules_of(ledger.home):
                retain(ledger, actor=Actor.system("retention"))
            kept.clear()
            kept.add(today)

    return keep


def _month(now: datetime, zone: str) -> int:
    local = now.astimezone(zone_named(zone))
    return (local.year - 1970) * 12 + local.month - 1
