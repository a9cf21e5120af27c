"""Touchpoints, and the channels they name: the words in which customers' ways are told."""

import pyarrow as pa
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rapport.office.api import own_rows, put_touchpoints, require, touchpoints
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
    form = PutTouchpoint(request.POST or None, initial=chosen)
    if request.method == "POST":
        require(actor_of(request), "put_touchpoints")
        if form.is_valid() and _put(request, form):
            messages.success(request, _("Stored."))
            return redirect("settings_touchpoints")
    channels = sorted({row["channel"] for row in known if row["channel"]})
    told = {"form": form, "touchpoints": known, "channels": channels}
    return render(request, "web/settings/touchpoints.html", told)


def _put(request: HttpRequest, form: PutTouchpoint) -> bool:
    given = {name: pa.array([value or None], pa.string()) for name, value in _cells(form)}
    report = put_touchpoints(pa.table(given), actor=actor_of(request))
    for one in report.rejected:
        form.add_error(one.field, f"{one.got}: {one.expected}")
    return not report.rejected


def _cells(form: PutTouchpoint) -> list[tuple[str, str]]:
    return list(form.cleaned_data.items())


urlpatterns = [path("settings/touchpoints", touchpoints_page, name="settings_touchpoints")]
TABS = [Entry("settings", 30, gettext_lazy("Touchpoints"), "/settings/touchpoints", "see_office")]
