"""Accounts: companies and households, their contacts, and what adds up over them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.customers.api import Account, account_named, bought_of, find_accounts, hits_of
from rapport.kernel.figures import Figure
from rapport.ledger.api import Snapshot
from rapport.measures.api import compute
from rapport.web.access import actor_of, allowed
from rapport.web.filterbar import listed, scope
from rapport.web.pages.customers.lines import money
from rapport.web.shell import Entry
from rapport.web.store import ledger
from rapport.web.wording import interval, value

_SHOWN = 50
_MOST_CONTACTS = 200


@dataclass(frozen=True, slots=True)
class Mood:
    """The NPS of an account in one programme; "" where too few answered."""

    programme: str
    value: str
    interval: str
    n: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An account with what adds up."""

    account: Account
    bought: list[str]
    moods: list[Mood]


@allowed("see_customers")
@never_cache
@require_safe
def accounts_page(request: HttpRequest) -> HttpResponse:
    """Companies and households, those in touch the latest first."""
    words = request.GET.get("q", "").strip()[:200]
    with ledger().read() as snapshot:
        found = find_accounts(snapshot, words, units=actor_of(request).units, most=_SHOWN)
        shown = _with_sums(snapshot, found, scope(request))
    told = {"words": words, "shown": shown, "full": len(found) == _SHOWN}
    return render(request, "web/accounts/accounts.html", told)


@allowed("see_customers")
@never_cache
@require_safe
def account_page(request: HttpRequest, key: str) -> HttpResponse:
    """One account with its contacts."""
    units = actor_of(request).units
    with ledger().read() as snapshot:
        account, keys = account_named(snapshot, key, units=units)
        [shown] = _with_sums(snapshot, [account], scope(request))
        contacts = hits_of(snapshot, keys[:_MOST_CONTACTS], units)
    told = {"shown": shown, "contacts": contacts, "more": len(keys) > _MOST_CONTACTS}
    told["zone"] = ledger().settings.zone
    return render(request, "web/accounts/account.html", told)


def _with_sums(snapshot: Snapshot, accounts: Sequence[Account], seen: Sequence[str]) -> list[Shown]:
    keys = [account.key for account in accounts]
    bought, moods = bought_of(snapshot, keys, seen), _moods(snapshot, keys, seen)
    return [
        Shown(
            one,
            [money(amount, currency) for currency, amount in bought.get(one.key, {}).items()],
            moods.get(one.key, []),
        )
        for one in accounts
    ]


def _moods(snapshot: Snapshot, keys: list[str], seen: Sequence[str]) -> dict[str, list[Mood]]:
    if not keys or "customers" not in snapshot.published:
        return {}
    where = [f"customer.account in ({listed(keys)})", "brand is empty", *seen]
    found: dict[str, list[Mood]] = {}
    for figure in compute(snapshot, "nps", by=["customer.account"], where=where):
        found.setdefault(str(figure.by["customer.account"]), []).append(_mood(figure))
    return found


def _mood(figure: Figure) -> Mood:
    told = "" if figure.value is None else value(figure.value, figure.unit)
    return Mood(figure.programme or "", told, interval(figure) or "", figure.n)


urlpatterns = [
    path("know/accounts", accounts_page, name="accounts"),
    path("know/accounts/<key:key>", account_page, name="account"),
]
NAVIGATION = [Entry("know", 40, _("Accounts"), "/know/accounts", "see_customers")]
