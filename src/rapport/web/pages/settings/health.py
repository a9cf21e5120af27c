"""The health of the store: what came in, what waits, whether it is whole."""

import time
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rapport.ledger.api import status, status_by_source, waiting
from rapport.web.access import actor_of, allowed
from rapport.web.overview import counted_at
from rapport.web.shell import Entry
from rapport.web.store import ledger, stored_figures
from rapport.web.verifying import ask_proof, latest_proof, proof_is_due, sealed_at
from rapport.web.wording import age


@allowed("see_office")
@never_cache
@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """received = stored + duplicate + rejected, by source; the journal, the lake, the proof."""
    the_ledger, stored = ledger(), stored_figures()
    found, journal, proof = status(the_ledger), waiting(the_ledger), latest_proof(stored)
    counted = counted_at(the_ledger, stored)
    told = {
        "counted_age": age(time.time() - counted[0]) if counted else "",
        "counted_all": counted is not None and counted[1],
        "status": found,
        "sources": [
            (one, datetime.fromtimestamp(one.last_at / 1e6, UTC))
            for one in status_by_source(the_ledger)
        ],
        "waits": age(journal.age_seconds) if journal.interactions else "",
        "sealed_at": sealed_at(the_ledger, found),
        "proof": proof,
        "proof_age": age(time.time() - proof.computed_at) if proof else "",
        "proving": proof_is_due(stored),
    }
    return render(request, "web/settings/health.html", told)


@allowed("change_settings")
@never_cache
@require_POST
def prove_page(request: HttpRequest) -> HttpResponse:
    """Ask for a proof; the worker gives it while everybody goes on."""
    ask_proof(stored_figures(), actor=actor_of(request))
    messages.success(request, _("The worker proves the store now. Load this page again to see."))
    return redirect("settings_health")


urlpatterns = [
    path("settings/health", health_page, name="settings_health"),
    path("settings/health/verify", prove_page, name="prove_store"),
]
TABS = [Entry("settings", 90, gettext_lazy("Health"), "/settings/health", "see_office")]
