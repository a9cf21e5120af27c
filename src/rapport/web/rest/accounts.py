"""Accounts: companies and households, and their contacts."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.customers.api import (
    Account,
    account_named,
    bought_of,
    find_accounts,
    hits_of,
    publish,
    put_accounts,
)
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, shown
from rapport.web.contract.sheets import MOST_ROWS, Report, put_in
from rapport.web.filterbar import scope
from rapport.web.rest.customers import CustomerLine
from rapport.web.store import ledger

router = Router(tags=["accounts"])

_MOST_CONTACTS = 1000


class AccountLine(Schema):
    """An account with what adds up over its contacts, as far as you may know."""

    model_config = shown(
        key="A-7",
        name="Van Dijk",
        kind="household",
        contacts=2,
        interactions=61,
        last_at="2026-10-29T10:15:00Z",
    )

    key: str
    name: str
    kind: str
    contacts: int
    interactions: int
    last_at: datetime | None


class Accounts(Schema):
    """Accounts that were found, those in touch the latest first."""

    accounts: list[AccountLine]


class AccountOut(AccountLine):
    """An account, what its contacts bought by currency, and who they are."""

    model_config = shown(
        key="A-7",
        name="Van Dijk",
        kind="household",
        contacts=2,
        interactions=61,
        last_at="2026-10-29T10:15:00Z",
        bought={"EUR": 178.0},
        customers=[],
    )

    bought: dict[str, float]
    customers: list[CustomerLine]


class AccountIn(Body):
    """A company or a household; what is left out stays as it is."""

    key: str
    name: str | None = None
    kind: str | None = None


class AccountRows(Body):
    """Accounts to put in."""

    model_config = shown(rows=[{"key": "A-7", "name": "Van Dijk", "kind": "household"}])

    rows: list[AccountIn] = Field(max_length=MOST_ROWS)


class Search(Schema):
    """Which accounts."""

    q: str = Field("", max_length=200, description="A part of the name or key.")
    limit: int = Field(50, ge=1, le=200, description="At most so many.")


@router.get("/accounts", response=Accounts)
@allowed("see_customers")
def search_accounts(request: HttpRequest, asked: Query[Search]) -> Any:
    """Companies and households; without words those in touch the latest."""
    units = actor_of(request).units
    with ledger().read() as snapshot:
        found = find_accounts(snapshot, asked.q, units=units, most=asked.limit)
    return {"accounts": [_line(one) for one in found]}


@router.put("/accounts", response=Report)
@allowed("put_accounts")
def change_accounts(request: HttpRequest, sent: AccountRows) -> Any:
    """Put accounts in: new ones are made, known ones changed, none removed."""
    report = put_in(request, put_accounts, [row.dict() for row in sent.rows])
    publish(ledger())
    return report


@router.get("/accounts/{path:key}", response=AccountOut)
@allowed("see_customers")
def one_account(request: HttpRequest, key: str) -> Any:
    """An account, what it bought, and its contacts, the first 1000."""
    units = actor_of(request).units
    with ledger().read() as snapshot:
        account, keys = account_named(snapshot, key, units=units)
        bought = bought_of(snapshot, [key], scope(request)).get(key, {})
        contacts = hits_of(snapshot, keys[:_MOST_CONTACTS], units)
    sums = {currency: float(amount) for currency, amount in bought.items()}
    return {**_line(account), "bought": sums, "customers": contacts}


def _line(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in AccountLine.model_fields}
