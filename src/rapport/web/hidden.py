"""Fields that point to people, which not every reader of figures may ask about.

A figure split by customer, or filtered to one, is a look at that customer; one split by employee is
a look at that employee's work. Whoever may not see those people is told that there is no such
field, on pages and by the API alike. Whoever may see interactions one by one sees whose they are;
which employee took part is still for those who lead them, as a column, in a filter and in SQL.
"""

from collections.abc import Callable, Iterable

from rapport.customers.api import Asks, Rule, parse_rule
from rapport.kernel.errors import InputError
from rapport.kernel.filters import fields, parse
from rapport.kernel.filters.tokens import path_parts
from rapport.measures.api import WORDS
from rapport.office.api import Actor, permits

# What customers are known by, say or have; traits and properties can be anything.
_OF_CUSTOMERS = frozenset({"customer", "account", "thread", "text", "batch", "properties"})
_OF_EMPLOYEES = frozenset({"employee"})


def hidden_in_rows(actor: Actor) -> frozenset[str]:
    """Fields of an interaction that a reader of single interactions may not see."""
    return frozenset() if permits(actor, "see_employees") else _OF_EMPLOYEES


def seen_in_rows(actor: Actor, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the fields that a reader of single interactions may see."""
    hidden = hidden_in_rows(actor)
    return tuple(name for name in names if name not in hidden)


def is_hidden(actor: Actor, field: str) -> bool:
    """Whether the reader may not ask about a field, `customer.city` for example."""
    head = _head(field)
    if head in _OF_CUSTOMERS:
        return not permits(actor, "see_customers")
    return head in hidden_in_rows(actor)


def _head(field: str) -> str:
    return path_parts(field)[0] if field.strip() else ""


def refuse_hidden(
    actor: Actor, names: Iterable[str | None] = (), where: Iterable[str] = ()
) -> None:
    """Let fields and filters pass that the reader may ask about.

    Raises:
        InputError: one is about people they may not see, or a filter cannot be read.
    """
    _refuse(lambda name: is_hidden(actor, name), names, where)


def refuse_hidden_in_rows(
    actor: Actor, names: Iterable[str] = (), where: Iterable[str] = ()
) -> None:
    """Let columns and filters pass for a reader of single interactions.

    Raises:
        InputError: one is about employees they may not see, or a filter cannot be read.
    """
    hidden = hidden_in_rows(actor)
    _refuse(lambda name: _head(name) in hidden, names, where)


def rule_for(actor: Actor, text: str) -> Rule:
    """The rule of a segment, read for somebody who may ask what it asks.

    Raises:
        InputError: it cannot be read, or asks about employees they may not see.
    """
    rule = parse_rule(text)
    asks = [one.where for one in rule.conditions if isinstance(one, Asks) and one.where]
    refuse_hidden_in_rows(actor, where=asks)
    return rule


def _refuse(
    is_kept_back: Callable[[str], bool], names: Iterable[str | None], where: Iterable[str]
) -> None:
    asked = [name for name in names if name]
    for one in where:
        asked += [field.name for field in fields(parse(one, WORDS))]
    for name in asked:
        if is_kept_back(name):
            plain = name.replace("`", "").strip()
            raise InputError(f"There is no field named {plain}", hint="See the list of fields.")
