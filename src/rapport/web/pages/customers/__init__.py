"""Customers: finding them, and everything we know of one."""

from collections.abc import Iterable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.customers.api import find_customers
from rapport.office.api import permits
from rapport.web.access import actor_of, allowed
from rapport.web.pages.customers import changing, merging
from rapport.web.pages.customers.person import called, told
from rapport.web.pages.finding import FINDERS, Found
from rapport.web.shell import Entry
from rapport.web.store import ledger

_SHOWN, _IN_PALETTE = 50, 5
_LONGEST_WORDS = 200


@allowed("see_customers")
@never_cache
@require_safe
def customers_page(request: HttpRequest) -> HttpResponse:
    """Find customers by whatever one knows of them; without words the latest or most active."""
    words = request.GET.get("q", "").strip()[:_LONGEST_WORDS]
    by = "active" if request.GET.get("by") == "active" else "latest"
    units = actor_of(request).units
    found = find_customers(ledger(), words, units=units, most=_SHOWN, by=by)
    told = {"words": words, "by": by, "found": found, "full": len(found) == _SHOWN}
    told["zone"] = ledger().settings.zone
    part = request.headers.get("HX-Request") == "true"
    template = "web/customers/found.html" if part else "web/customers/customers.html"
    return render(request, template, told)


@allowed("see_customers")
@never_cache
@require_safe
def customer_page(request: HttpRequest, key: str) -> HttpResponse:
    """Everything we know of one customer, as far as the reader may know it."""
    return render(request, "web/customers/customer.html", told(request, called(request, key)))


def _customers(request: HttpRequest, words: str) -> Iterable[Found]:
    if not words or not permits(actor_of(request), "see_customers"):
        return
    units = actor_of(request).units
    for hit in find_customers(ledger(), words, units=units, most=_IN_PALETTE):
        yield Found(hit.title, _("customer"), f"/know/customers/{quote(hit.key, safe='')}")


FINDERS.append(_customers)

urlpatterns = [
    path("know/customers", customers_page, name="customers"),
    path("know/customers/<key:key>", customer_page, name="customer"),
    *changing.urlpatterns,
    *merging.urlpatterns,
]
NAVIGATION = [Entry("know", 30, _("Customers"), "/know/customers", "see_customers")]
