"""The organisation: what it is called, and what was fixed when the store was made."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rapport.kernel.errors import ChangedError, InputError
from rapport.office.api import permits, require
from rapport.web.access import actor_of, allowed
from rapport.web.forms.office import Organisation
from rapport.web.renaming import rename_organisation
from rapport.web.saying import said_error
from rapport.web.shell import Entry
from rapport.web.store import ledger


@allowed("see_office")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_page(request: HttpRequest) -> HttpResponse:
    """Its name can be changed; zone, week and currency are part of every figure since `init`."""
    actor, status = actor_of(request), 200
    name = ledger().settings.organisation
    form = Organisation(initial={"name": name, "was": name})
    if request.method == "POST":
        require(actor, "change_settings")
        form = Organisation(request.POST)
        if form.is_valid():
            try:
                rename_organisation(
                    ledger(), form.cleaned_data["name"], was=form.cleaned_data["was"], actor=actor
                )
            except InputError as error:
                status = 409 if isinstance(error, ChangedError) else 400
                form.add_error(None, said_error(error))
            else:
                messages.success(request, _("Changed."))
                return redirect("settings_organisation")
    told = {"form": form, "changes": permits(actor, "change_settings")}
    told |= {"fixed": ledger().settings}
    return render(request, "web/settings/organisation.html", told, status=status)


urlpatterns = [path("settings/organisation", organisation_page, name="settings_organisation")]
TABS = [Entry("settings", 0, gettext_lazy("Organisation"), "/settings/organisation", "see_office")]
