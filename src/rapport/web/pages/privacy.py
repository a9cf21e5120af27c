"""What people ask of us about their data: a copy to hand out, and erasure by two pairs of eyes."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel.errors import ForbiddenError, InputError
from rapport.office.api import permits
from rapport.privacy.api import (
    ErasureRequest,
    approve_erasure,
    ask_erasure,
    customer,
    decline_erasure,
    export_customer,
    preview,
    requests,
)
from rapport.web.access import actor_of, allowed
from rapport.web.forms.erasure import Erasure
from rapport.web.pages.customers.person import person_of
from rapport.web.saying import said_error
from rapport.web.shell import Entry
from rapport.web.store import ledger

_STATES: dict[str, Promise] = {
    "asked": gettext_lazy("waits for a decision"),
    "approved": gettext_lazy("approved, on its way"),
    "declined": gettext_lazy("declined"),
    "done": gettext_lazy("erased"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as a reader sees it: `mine` when they asked for it themselves."""

    request: ErasureRequest
    state: Promise
    mine: bool
    open: bool


@allowed("ask_erasure")
@never_cache
@require_safe
def privacy_page(request: HttpRequest) -> HttpResponse:
    """Requests for erasure: all of them to who decides, their own to who asks."""
    decides = permits(actor_of(request), "approve_erasure")
    told = {"shown": _shown(request, requests(), decides), "decides": decides}
    return render(request, "web/privacy/privacy.html", told)


def _shown(request: HttpRequest, found: Sequence[ErasureRequest], all_of_them: bool) -> list[Shown]:
    me = actor_of(request).id
    return [
        Shown(one, _STATES[one.state], one.asked_by == me, one.state in ("asked", "approved"))
        for one in found
        if all_of_them or one.asked_by == me
    ]


@allowed("ask_erasure")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_page(request: HttpRequest) -> HttpResponse:
    """Ask that a customer be erased: why and how."""
    person = person_of(request, request.GET.get("customer", ""))
    form = Erasure(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_erasure(ledger(), person.key, actor=actor_of(request), **form.cleaned_data)
        except InputError as error:
            form.add_error(None, said_error(error))
        else:
            messages.success(request, _("Asked for. Somebody else looks at it before it is done."))
            return redirect("/know/privacy")
    told: dict[str, object] = {"person": person, "form": form}
    if permits(actor_of(request), "approve_erasure"):
        told["counts"] = preview(ledger(), customer(person.key))
    return render(request, "web/privacy/ask.html", told)


@allowed("approve_erasure")
@require_POST
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Approve a request."""
    try:
        decided = approve_erasure(number, actor=actor_of(request))
    except (ForbiddenError, InputError) as error:
        messages.error(request, said_error(error))
    else:
        if decided.asked_by == decided.decided_by:
            messages.success(request, _("Approved. Nobody else may, so it waits 24 hours first."))
        else:
            messages.success(request, _("Approved. It is carried out within minutes."))
    return redirect("/know/privacy")


@allowed("decline_erasure")
@require_POST
def decline(request: HttpRequest, number: int) -> HttpResponse:
    """Decline a request."""
    try:
        decline_erasure(number, actor=actor_of(request))
    except InputError as error:
        messages.error(request, said_error(error))
    else:
        messages.success(request, _("Declined. Nothing is erased."))
    return redirect("/know/privacy")


@allowed("export_customer")
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """All we hold about a customer, as a zip to hand out."""
    person = person_of(request, request.POST.get("customer", ""))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "copy.zip"
        export_customer(ledger(), person.key, file, actor=actor_of(request))
        content = file.read_bytes()
    answer = HttpResponse(content, content_type="application/zip")
    # The name of the file tells nobody who it is about.
    answer.headers["Content-Disposition"] = 'attachment; filename="copy-of-personal-data.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


urlpatterns = [
    path("know/privacy", privacy_page, name="privacy"),
    path("know/privacy/ask", ask_page, name="ask_erasure"),
    path("know/privacy/export", export, name="export_customer"),
    path("know/privacy/<int:number>/approve", approve, name="approve_erasure"),
    path("know/privacy/<int:number>/decline", decline, name="decline_erasure"),
]
NAVIGATION = [Entry("know", 60, gettext_lazy("Privacy"), "/know/privacy", "ask_erasure")]
