"""What puts a customer into a segment: a few lines, each a condition.

    all of
    customer.tier in ('gold', 'silver') and account is empty
    count >= 2 within 90 days where kind = 'order.completed'
    last score <= 6 where scale = 'nps'

A line is either an expression of the one filter language over the customer (`key`, `account`,
`unit`, `customer.x`), or asks something of their interactions: how many (`count`), the latest
score, the sum of amounts in the store's currency, or the days since the last; `where` is the
filter language again, over the fields of an interaction. All lines must hold, or any of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rapport.kernel.errors import InputError
from rapport.kernel.filters import Expression, FieldType, Vocabulary, parse
from rapport.ledger.api import INTERACTION_WORDS

COUNT, LAST_SCORE, SUM_AMOUNT, DAYS_SINCE = "count", "last score", "sum amount", "days since last"
ASPECTS = (COUNT, LAST_SCORE, SUM_AMOUNT, DAYS_SINCE)
OPERATORS = ("=", "<=", ">=", "<", ">")
MOST_LINES = 20
MOST_DAYS = 3660
LONGEST = 10_000
ALL_OF, ANY_OF = "all of", "any of"
CUSTOMER_WORDS = Vocabulary(
    dict.fromkeys(("key", "account", "unit"), FieldType.TEXT), prefixes=frozenset({"customer"})
)
_ASKS = re.compile(
    rf"(?P<aspect>{'|'.join(ASPECTS)})\s*(?P<operator><=|>=|=|<|>)\s*(?P<number>-?\d{{1,12}}(\.\d{{1,6}})?)"
    r"(\s+within\s+(?P<days>\d{1,5})\s+days?)?(\s+where\s+(?P<where>.+))?",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"({'|'.join(ASPECTS)})\s*[<>=]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class About:
    """A condition on the customer, in the filter language."""

    tree: Expression

    def __str__(self) -> str:
        return str(self.tree)


@dataclass(frozen=True, slots=True)
class Asks:
    """A condition on a customer's interactions.

    Attributes:
        aspect: one of ASPECTS.
        operator: one of OPERATORS.
        number: what it is compared with.
        days: only those of so many days back; None for all of them.
        where: which interactions, in the filter language; "" for all of them.
    """

    aspect: str
    operator: str
    number: Decimal
    days: int | None
    where: str

    def __str__(self) -> str:
        within = "" if self.days is None else f" within {self.days} days"
        where = f" where {self.where}" if self.where else ""
        return f"{self.aspect} {self.operator} {self.number:f}{within}{where}"


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions of which all must hold, or any; `str` is canonical and parses back."""

    conditions: tuple[About | Asks, ...]
    any_of: bool = False

    def __str__(self) -> str:
        return "\n".join([ANY_OF if self.any_of else ALL_OF, *map(str, self.conditions)])


def parse_rule(text: str) -> Rule:
    """The rule that the lines say.

    Raises:
        InputError: there is no condition or too many, or a line cannot be read; says which.
    """
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()]
    if len(text) > LONGEST or len(lines) > MOST_LINES + 1:
        raise InputError("The rule is too long", expected=f"at most {MOST_LINES} conditions")
    head = " ".join(lines[0].lower().split()).rstrip(":") if lines else ""
    told = lines[1:] if head in (ALL_OF, ANY_OF) else lines
    if not told:
        raise InputError(
            "The rule has no condition yet",
            hint="Such as: count >= 1 where kind = 'order.completed'",
        )
    return Rule(tuple(_condition(line) for line in told), any_of=head == ANY_OF)


def _condition(line: str) -> About | Asks:
    if not _BEGINS.match(line):
        return About(parse(line, CUSTOMER_WORDS))
    found = _ASKS.fullmatch(line)
    if found is None:
        raise InputError(
            "This condition on interactions cannot be read",
            got=line,
            expected="such as: count >= 2 within 90 days where kind = 'order.completed'",
        )
    where, days = found["where"] or "", found["days"]
    if days is not None and not 1 <= int(days) <= MOST_DAYS:
        raise InputError(
            "So many days cannot be looked back", got=days, expected=f"1 to {MOST_DAYS}"
        )
    return Asks(
        found["aspect"].lower(),
        found["operator"],
        Decimal(found["number"]).normalize() + 0,
        None if days is None else int(days),
        str(parse(where, INTERACTION_WORDS)) if where else "",
    )


def without_value(text: str, values: Sequence[str], instead: str) -> str:
    """A canonical rule with each of these values, where one is quoted, replaced."""
    for value in values:
        quoted = "'" + value.replace("'", "''") + "'"
        text = text.replace(quoted, f"'{instead}'")
    return text
