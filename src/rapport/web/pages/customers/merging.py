"""Two customers who are one: a look at what would change, the merge, and taking it back."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.customers.api import (
    Standing,
    find_customers,
    has_interactions,
    merge_customers,
    profile,
    publish,
    split_customers,
    standing,
)
from rapport.kernel.errors import InputError
from rapport.web.access import actor_of, allowed
from rapport.web.filterbar import scope
from rapport.web.pages.customers.person import Person, person_of
from rapport.web.store import ledger

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as far as the reader may know."""

    person: Person
    standing: Standing


@dataclass(frozen=True, slots=True)
class Trait:
    """What both say of one trait, and what will count."""

    name: str
    kept: Any
    merged: Any
    counts: Any


@allowed("merge_customers")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def merge_page(request: HttpRequest) -> HttpResponse:
    """What two customers are and what would change; sent as a form, it is done."""
    kept = person_of(request, request.GET.get("kept", ""))
    other = request.GET.get("merged", "").strip()
    if not other:
        return _choose(request, kept)
    merged = person_of(request, other)
    trouble = _trouble(kept, merged)
    if request.method == "POST" and not trouble:
        return _merge(request, kept, merged)
    told = {
        "kept": side_of(request, kept),
        "merged": side_of(request, merged),
        "traits": traits_of(kept, merged),
        "account": account_of(kept) or account_of(merged),
        "trouble": trouble,
    }
    return render(request, "web/customers/merge.html", told)


@allowed("split_customers")
@require_POST
def split(request: HttpRequest) -> HttpResponse:
    """Take a merge back."""
    person = person_of(request, request.POST.get("customer", ""))
    number = request.POST.get("merge", "")
    lines = person.profile.merges if person.profile else ()
    if number not in {str(line.id) for line in lines}:
        raise InputError("This merge is not one of this customer", got=number)
    split_customers(int(number), actor=actor_of(request))
    publish(ledger())
    messages.success(request, _("The merge is taken back: they are two customers again."))
    return redirect(f"/know/customers/{quote(person.key, safe='')}")


def _choose(request: HttpRequest, kept: Person) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:200]
    units = actor_of(request).units
    found = find_customers(ledger(), words, units=units, most=_SHOWN) if words else []
    told = {"kept": kept, "words": words, "found": [hit for hit in found if hit.key != kept.key]}
    return render(request, "web/customers/merge_choose.html", told)


def _merge(request: HttpRequest, kept: Person, merged: Person) -> HttpResponse:
    with ledger().read() as snapshot:
        names = (kept.key, merged.key)
        seen = [name for name in names if has_interactions(snapshot, name)]
    merge_customers(kept.key, merged.key, actor=actor_of(request), seen=seen)
    publish(ledger())
    messages.success(request, _("They are one customer now. Below you can take it back."))
    return redirect(f"/know/customers/{quote(profile(kept.key).key, safe='')}")


def _trouble(kept: Person, merged: Person) -> str:
    return _("These are one customer already.") if kept.key == merged.key else ""


def side_of(request: HttpRequest, person: Person) -> Side:
    """Somebody with how things stand with them, as far as the reader sees."""
    with ledger().read() as snapshot:
        return Side(person, standing(snapshot, person.key, scope(request)))


def account_of(person: Person) -> str:
    """The key of somebody's account; "" where they have none."""
    return (person.profile and person.profile.account) or ""


def traits_of(kept: Person, merged: Person) -> list[Trait]:
    """Traits of either; where both say one, the kept customer's word counts."""
    ours = dict(kept.profile.traits) if kept.profile else {}
    theirs = dict(merged.profile.traits) if merged.profile else {}
    return [
        Trait(name, ours.get(name), theirs.get(name), ours.get(name, theirs.get(name)))
        for name in sorted({*ours, *theirs})
    ]


urlpatterns = [
    path("know/merge", merge_page, name="merge"),
    path("know/split", split, name="split"),
]
