"""Touchpoints, and the channels they name: the words in which customers' ways are told."""

import json
from typing import Any

import pyarrow as pa
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rapport.office.api import one_transaction, own_rows, put_touchpoints, require, touchpoints
from rapport.web.access import actor_of, allowed
from rapport.web.forms.office import PutTouchpoint
from rapport.web.shell import Entry


@allowed("see_office")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def touchpoints_page(request: HttpRequest) -> HttpResponse:
    """Every touchpoint by stage; `?key=` takes one into the form."""
    known = own_rows(touchpoints(), actor_of(request), of_nobody=True).to_pylist()
    chosen = next((row for row in known if row["key"] == request.GET.get("key")), {})
    form = PutTouchpoint(request.POST or None, initial={**chosen, "was": _seen(chosen)})
    status = 200
    if request.method == "POST":
        require(actor_of(request), "put_touchpoints")
        if form.is_valid() and _put(request, form):
            messages.success(request, _("Stored."))
            return redirect("settings_touchpoints")
        status = 409 if form.non_field_errors() else 400
    channels = sorted({row["channel"] for row in known if row["channel"]})
    told = {"form": form, "touchpoints": known, "channels": channels}
    return render(request, "web/settings/touchpoints.html", told, status=status)


def _put(request: HttpRequest, form: PutTouchpoint) -> bool:
    cells = {**form.cleaned_data}
    was = cells.pop("was")
    given = {name: pa.array([value or None], pa.string()) for name, value in cells.items()}
    with one_transaction():
        now = next((one for one in touchpoints().to_pylist() if one["key"] == cells["key"]), {})
        if _seen(now) != was:
            form.add_error(None, _("This touchpoint is not as you saw it. Take it from the list."))
            return False
        report = put_touchpoints(pa.table(given), actor=actor_of(request))
    for one in report.rejected:
        form.add_error(one.field, f"{one.got}: {one.expected}")
    return not report.rejected


def _seen(row: dict[str, Any]) -> str:
    """What a touchpoint is, "" for none; handed back with a change."""
    names = ("title", "stage", "channel", "unit")
    return json.dumps([row[name] or "" for name in names]) if row else ""


urlpatterns = [path("settings/touchpoints", touchpoints_page, name="settings_touchpoints")]
TABS = [Entry("settings", 30, gettext_lazy("Touchpoints"), "/settings/touchpoints", "see_office")]
