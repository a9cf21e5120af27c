"""Business units: the tree, added to, renamed, moved, remembered."""

import pyarrow as pa
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rapport.kernel.errors import ChangedError, InputError, NotFoundError
from rapport.office.api import (
    UnitNode,
    change_unit,
    put_units,
    require,
    sees_unit,
    unit_history,
    unit_tree,
)
from rapport.web.access import actor_of, allowed
from rapport.web.forms.office import ChangeUnit, NewUnit
from rapport.web.saying import said_error
from rapport.web.shell import Entry


@allowed("see_office")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def units_page(request: HttpRequest) -> HttpResponse:
    """The tree as it is, and a form for one more."""
    form = NewUnit(request.POST or None)
    if request.method == "POST":
        require(actor_of(request), "put_units")
        if form.is_valid() and _add(request, form):
            messages.success(request, _("Added."))
            return redirect("settings_units")
    tree = [node for node in unit_tree() if sees_unit(actor_of(request), node.key)]
    return render(request, "web/settings/units.html", {"form": form, "tree": tree})


def _add(request: HttpRequest, form: NewUnit) -> bool:
    """Whether the unit is there now; the form says why not."""
    given = form.cleaned_data
    if given["key"].strip() in {node.key for node in unit_tree()}:
        form.add_error("key", _("There is a unit with this key already."))
        return False
    columns = {name: [given[name] or None] for name in ("key", "name", "parent")}
    typed = {name: pa.array(value, pa.string()) for name, value in columns.items()}
    report = put_units(pa.table(typed), actor=actor_of(request))
    for one in report.rejected:
        form.add_error(one.field, f"{one.got}: {one.expected}")
    return not report.rejected


@allowed("put_units")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unit_page(request: HttpRequest, key: str) -> HttpResponse:
    """One unit: its name, its place, and where it was."""
    unit, status = unit_seen(request, key), 200
    told = {"name": unit.name, "parent": unit.parent or ""}
    form = ChangeUnit(
        request.POST or None,
        initial={**told, "was_name": unit.name, "was_parent": unit.parent or ""},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            change_unit(
                key,
                name=given["name"],
                parent=given["parent"] or None,
                was=(given["was_name"], given["was_parent"] or None),
                actor=actor_of(request),
            )
        except InputError as error:
            status = 409 if isinstance(error, ChangedError) else 400
            form.add_error(None, said_error(error))
        else:
            messages.success(request, _("Changed. Who sees what goes by the new tree."))
            return redirect("settings_units")
    page = {"form": form, "unit": unit, "history": unit_history(key)}
    return render(request, "web/settings/unit.html", page, status=status)


def unit_seen(request: HttpRequest, key: str) -> UnitNode:
    """A unit that the reader sees.

    Raises:
        NotFoundError: there is none of that key, or it is out of their sight.
    """
    for node in unit_tree():
        if node.key == key and sees_unit(actor_of(request), key):
            return node
    raise NotFoundError(f"There is no business unit {key!r}")


urlpatterns = [
    path("settings/units", units_page, name="settings_units"),
    path("settings/units/<key:key>", unit_page, name="settings_unit"),
]
TABS = [Entry("settings", 10, gettext_lazy("Business units"), "/settings/units", "see_office")]
