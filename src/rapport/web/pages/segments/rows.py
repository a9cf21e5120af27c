"""A rule as rows of a form: field, operator, value; and back to the text that is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.customers.api import Asks, parse_rule
from rapport.kernel.errors import RapportError
from rapport.web.filterbar import quoted

MOST_ROWS = 20
# Of several conditions only those joined by `and` alone may lose their first.
_KIND_FIRST = re.compile(r"kind = '(?P<kind>[a-z]+\.[a-z]+)'( and (?P<rest>(?!.*\b(or)\b).+))?")
_NUMBERS = "0123456789-."
# What a row can be about: about the customer, or what they did.
ABOUT: dict[str, Promise] = {
    "trait": _("a trait of theirs"),
    "account": _("their account"),
    "unit": _("their business unit"),
    "count": _("how many interactions"),
    "last score": _("their latest score"),
    "sum amount": _("what they spent"),
    "days since last": _("days since the last interaction"),
}
OPERATORS: dict[str, Promise] = {
    "=": _("is"),
    "!=": _("is not"),
    ">=": _("is at least"),
    "<=": _("is at most"),
    ">": _("is more than"),
    "<": _("is less than"),
    "contains": _("contains"),
    "is empty": _("is not known"),
    "is not empty": _("is known"),
}
_OF_CUSTOMERS = ("trait", "account", "unit")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the form, as typed.

    Attributes:
        about: one of ABOUT; "line" for a condition that only the text can say.
        trait: which trait.
        operator, value: what it is compared with.
        days: only the last so many days; "" for all.
        where: which interactions, in the filter language.
        kind: of which kind they are; "" for any.
    """

    about: str = "count"
    trait: str = ""
    operator: str = ">="
    value: str = ""
    days: str = ""
    where: str = ""
    kind: str = ""

    @property
    def line(self) -> str:
        """The row in the language of rules; what is missing shows when it is read."""
        if self.about == "line":
            return self.where
        if self.about in _OF_CUSTOMERS:
            return self._of_customer()
        days = f" within {self.days.strip()} days" if self.days.strip() else ""
        kind, rest = f"kind = {quoted(self.kind)}" if self.kind else "", self.where.strip()
        asked = f"{kind} and ({rest})" if kind and rest else kind or rest
        where = f" where {asked}" if asked else ""
        return f"{self.about} {self.operator} {self.value.strip()}{days}{where}"

    def _of_customer(self) -> str:
        name = f"`{self.trait.strip().replace('`', '``')}`"
        field = f"customer.{name}" if self.about == "trait" else self.about
        if self.operator.startswith("is "):
            return f"{field} {self.operator}"
        value = self.value.strip()
        is_number = self.about == "trait" and self.operator in (">=", "<=", ">", "<")
        plain = is_number and value and set(value) <= set(_NUMBERS)
        return f"{field} {self.operator} {value if plain else quoted(value)}"


def rows_in(given: Mapping[str, str]) -> list[Row]:
    """The rows of a form that was sent; those without anything typed are left out."""
    found = []
    for number in range(MOST_ROWS):
        about = given.get(f"about-{number}")
        if about is None:
            continue
        names = ("trait", "operator", "value", "days", "where", "kind")
        row = Row(about, *(given.get(f"{name}-{number}", "").strip() for name in names))
        if row.value or row.where or row.trait or row.kind or row.operator.startswith("is "):
            found.append(row)
    return found


def text_of(rows: list[Row], any_of: bool) -> str:
    """The rule that the rows say."""
    return "\n".join(["any of" if any_of else "all of", *(row.line for row in rows)])


def rows_of(text: str) -> tuple[list[Row], bool]:
    """A rule as rows, and whether any of them is enough; no rows where it cannot be read."""
    try:
        rule = parse_rule(text)
    except RapportError:
        return [], False
    return [_row(one) for one in rule.conditions], rule.any_of


def _row(one: object) -> Row:
    if isinstance(one, Asks):
        days = "" if one.days is None else str(one.days)
        kind, where = _kind_first(one.where)
        return Row(one.aspect, "", one.operator, f"{one.number:f}", days, where, kind)
    return Row(about="line", operator="=", where=str(one))


def _kind_first(where: str) -> tuple[str, str]:
    """The kind that a canonical filter begins with, and what else it asks."""
    found = _KIND_FIRST.fullmatch(where)
    return (found["kind"], found["rest"] or "") if found else ("", where)
