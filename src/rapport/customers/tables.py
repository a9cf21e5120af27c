"""The tables of the room as verbs and queries see them, and the sheet of accounts."""

from typing import Any

from rapport.office.api import CellError, Column, Sheet, Table, read_text

ACCOUNTS = Table("customers_account", ("key", "name", "kind"))
CUSTOMERS = Table(
    "customers_customer",
    ("key", "account_id", "unit_id", "traits", "first_known"),
    json=("traits",),
)
IDENTIFIERS = Table("customers_identifier", ("key", "namespace", "value", "customer_id"))
CONSENTS = Table(
    "customers_consent",
    ("customer_id", "scope", "at", "status", "source", "text_version"),
    keys=3,
)
TABLES = (ACCOUNTS, CUSTOMERS, IDENTIFIERS, CONSENTS)

ACCOUNT_KINDS = ("company", "household")


def read_kind(value: Any) -> str | None:
    """company or household; None for an empty cell.

    >>> read_kind("Household")
    'household'
    """
    text = read_text(value)
    if text is None:
        return None
    if text.lower() not in ACCOUNT_KINDS:
        raise CellError("malformed", text, " or ".join(ACCOUNT_KINDS))
    return text.lower()


ACCOUNT_SHEET = Sheet(
    "put_accounts",
    ACCOUNTS,
    (Column("key", read_text), Column("name", read_text, ""), Column("kind", read_kind, "company")),
)
