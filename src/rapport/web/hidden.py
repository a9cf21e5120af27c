"""Fields that point to people, which not every reader of figures may ask about.

A figure split by customer, or filtered to one, is a look at that customer; one split by employee is
a look at that employee's work. Whoever may not see those people is told that there is no such
field, on pages and by the API alike.
"""

from collections.abc import Iterable

from rapport.kernel.errors import InputError
from rapport.kernel.filters import fields, parse
from rapport.kernel.filters.tokens import path_parts
from rapport.measures.api import WORDS
from rapport.office.api import Actor, permits

# What customers are known by, say or have; traits and properties can be anything.
_OF_CUSTOMERS = frozenset({"customer", "account", "thread", "text", "batch", "properties"})
_OF_EMPLOYEES = frozenset({"employee"})


def is_hidden(actor: Actor, field: str) -> bool:
    """Whether the reader may not ask about a field, `customer.city` for example."""
    head = path_parts(field)[0] if field.strip() else ""
    if head in _OF_CUSTOMERS:
        return not permits(actor, "see_customers")
    return head in _OF_EMPLOYEES and not permits(actor, "see_employees")


def refuse_hidden(
    actor: Actor, names: Iterable[str | None] = (), where: Iterable[str] = ()
) -> None:
    """Let fields and filters pass that the reader may ask about.

    Raises:
        InputError: one is about people they may not see, or a filter cannot be read.
    """
    asked = [name for name in names if name]
    for one in where:
        asked += [field.name for field in fields(parse(one, WORDS))]
    for name in asked:
        if is_hidden(actor, name):
            plain = name.replace("`", "").strip()
            raise InputError(f"There is no field named {plain}", hint="See the list of fields.")
