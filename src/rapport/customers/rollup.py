"""Accounts: the companies and households there are, their contacts, and what adds up over them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from sqlglot import exp

from rapport.customers.derived import ACTIVITY
from rapport.customers.standing import BOUGHT
from rapport.customers.tables import ACCOUNTS
from rapport.kernel.errors import NotFoundError
from rapport.ledger.api import Snapshot, condition

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIKE = r"""
    SELECT key, name, kind FROM customers_account
    WHERE lower(name) LIKE %s ESCAPE '\' OR lower(key) LIKE %s ESCAPE '\'
    ORDER BY name, key LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Account:
    """One account with what adds up over its contacts, as far as the reader may know.

    Attributes:
        key, name, kind: of its record; the name is the key where none is known.
        contacts: how many customers belong to it.
        interactions, last_at: of all of them.
    """

    key: str
    name: str
    kind: str
    contacts: int
    interactions: int
    last_at: datetime | None


def find_accounts(
    snapshot: Snapshot, words: str, *, units: Collection[str] | None = None, most: int = 50
) -> list[Account]:
    """Accounts whose name or key contains the words; without words those in touch the latest."""
    text = words.strip().lower()
    if not text:
        return _accounts(snapshot, None, units, most)
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, [f"%{escaped}%", f"%{escaped}%", 10 * most])
        keys = [str(row[0]) for row in cursor.fetchall()]
    return _accounts(snapshot, keys, units, most)


def account_named(
    snapshot: Snapshot, key: str, *, units: Collection[str] | None = None
) -> tuple[Account, list[str]]:
    """An account and the keys of its contacts, the latest in touch first.

    Raises:
        NotFoundError: there is none of that key, or none of its contacts is in these units.
    """
    known = ACCOUNTS.fetch([key])
    if not known:
        raise NotFoundError(f"There is no account {key!r}")
    found = _accounts(snapshot, [key], units, 1)
    if not found and units is not None:
        raise NotFoundError(f"There is no account {key!r}")
    _, name, kind = known[(key,)]
    account = found[0] if found else Account(key, name or key, kind, 0, 0, None)
    return account, _contacts(snapshot, key, units) if found else []


def bought_of(
    snapshot: Snapshot, accounts: Sequence[str], conditions: Sequence[str] = ()
) -> dict[str, dict[str, Decimal]]:
    """What the contacts of these accounts bought, by account and currency, refunds taken off."""
    if not accounts or "customers" not in snapshot.published:
        return {}
    seen = condition(conditions, snapshot.settings.zone)
    kinds = exp.column("kind").isin(*(exp.Literal.string(kind) for kind in BOUGHT))
    rows = exp.select("*").from_("interactions").where(kinds, "currency IS NOT NULL")
    rows = rows.where("kind <> 'order.cancelled' OR amount < 0")
    rows = rows if seen is None else rows.where(seen)
    query = (
        exp.select("c.account", "i.currency", "sum(i.amount) AS amount")
        .from_(rows.subquery("i"))
        .join("customers AS c", on="c.key = i.customer")
        .where(exp.column("account", table="c").isin(*map(exp.Literal.string, accounts)))
        .group_by("c.account", "i.currency")
    )
    found: dict[str, dict[str, Decimal]] = {}
    for row in snapshot.sql(query.sql("duckdb")).to_pylist():
        if row["amount"] is not None:
            found.setdefault(row["account"], {})[row["currency"]] = row["amount"]
    return found


def _accounts(
    snapshot: Snapshot, keys: list[str] | None, units: Collection[str] | None, most: int
) -> list[Account]:
    if not {"customers", ACTIVITY} <= snapshot.published or keys == []:
        return []
    query = _members(units).select(
        "c.account",
        "count(DISTINCT c.key) AS contacts",
        "sum(a.interactions) AS n",
        "max(a.last_t) AS last_t",
    )
    if keys is not None:
        query = query.where(exp.column("account", table="c").isin(*map(exp.Literal.string, keys)))
    query = query.group_by("c.account").order_by("last_t DESC NULLS LAST", "c.account").limit(most)
    rows = snapshot.sql(query.sql("duckdb")).to_pylist()
    known = ACCOUNTS.fetch([row["account"] for row in rows])
    return [_account(row, known.get((row["account"],))) for row in rows]


def _members(units: Collection[str] | None) -> exp.Select:
    """Customers who belong to an account, with their activity in the units."""
    query = exp.select().from_("customers AS c").where("c.account IS NOT NULL")
    if units is None:
        return query.join(f"{ACTIVITY} AS a", on="a.customer = c.key", join_type="left")
    named = exp.column("unit", table="a").isin(*map(exp.Literal.string, (*units, "")))
    return query.join(f"{ACTIVITY} AS a", on="a.customer = c.key").where(named)


def _contacts(snapshot: Snapshot, key: str, units: Collection[str] | None) -> list[str]:
    query = _members(units).select("c.key AS key", "max(a.last_t) AS last_t")
    query = query.where(exp.column("account", table="c").eq(key)).group_by("c.key")
    query = query.order_by("last_t DESC NULLS LAST", "c.key")
    found: list[Any] = snapshot.sql(query.sql("duckdb"))["key"].to_pylist()
    return found


def _account(row: dict[str, Any], known: tuple[Any, ...] | None) -> Account:
    _, name, kind = known or ("", "", "company")
    last = row["last_t"]
    return Account(
        row["account"],
        name or row["account"],
        kind,
        row["contacts"],
        int(row["n"] or 0),
        None if last is None else _EPOCH + timedelta(microseconds=last),
    )
