"""Working calendars: hours of a week, days off."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rapport.kernel.errors import ChangedError, InputError
from rapport.office.api import (
    WEEKDAYS,
    Calendar,
    calendars,
    find_calendar,
    put_calendar,
    read_holidays,
    read_spans,
    require,
    write_spans,
)
from rapport.web.access import actor_of, allowed
from rapport.web.forms.office import PutCalendar
from rapport.web.saying import said_error
from rapport.web.shell import Entry
from rapport.web.store import ledger

_USUAL = "09:00-12:30, 13:00-17:00"


@allowed("see_office")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendars_page(request: HttpRequest) -> HttpResponse:
    """All calendars; `?key=` takes one into the form."""
    form, status = PutCalendar(initial=_initial(request.GET.get("key", ""))), 200
    if request.method == "POST":
        require(actor_of(request), "change_settings")
        form = PutCalendar(request.POST)
        status = _put(request, form) if form.is_valid() else 400
        if status == 200:
            messages.success(request, _("Stored."))
            return redirect("settings_calendars")
    told = {"form": form, "calendars": [(one, _week(one)) for one in calendars()]}
    return render(request, "web/settings/calendars.html", told, status=status)


def _initial(key: str) -> dict[str, Any]:
    found = find_calendar(key) if key.isprintable() and key else None
    if found is None:
        usual = dict.fromkeys(WEEKDAYS[:5], _USUAL)
        return {"zone": ledger().settings.zone, "version": 0, **usual}
    days = "\n".join(f"{day} {name}" for day, name in sorted(found.holidays.items()))
    hours = {day: write_spans(spans) for day, spans in found.hours.items()}
    told = {"key": found.key, "name": found.name, "zone": found.zone}
    return {**told, "version": found.version, "holidays": days, **hours}


def _put(request: HttpRequest, form: PutCalendar) -> int:
    """200 where it is stored; else the form says why not."""
    given = form.cleaned_data
    read: dict[str, Any] = {}
    for name in (*WEEKDAYS, "holidays"):
        try:
            read[name] = (read_holidays if name == "holidays" else read_spans)(given[name])
        except InputError as error:
            form.add_error(name, said_error(error))
    if form.errors:
        return 400
    holidays = read.pop("holidays")
    calendar = Calendar(
        *(given["key"].strip(), given["name"].strip(), given["zone"], read, holidays),
        version=given["version"],
    )
    try:
        put_calendar(calendar, actor=actor_of(request))
    except InputError as error:
        form.add_error(None, said_error(error))
        return 409 if isinstance(error, ChangedError) else 400
    return 200


def _week(calendar: Calendar) -> list[tuple[str, str]]:
    titles = [PutCalendar.base_fields[day].label for day in WEEKDAYS]
    spans = [write_spans(calendar.hours.get(day, ())) for day in WEEKDAYS]
    return list(zip(map(str, titles), spans, strict=True))


urlpatterns = [path("settings/calendars", calendars_page, name="settings_calendars")]
TABS = [Entry("settings", 40, gettext_lazy("Working hours"), "/settings/calendars", "see_office")]
