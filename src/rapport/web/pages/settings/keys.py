"""Tracking keys: by which systems of ours send events; and what of these was rejected."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel.errors import InputError, NotFoundError
from rapport.ledger.api import rejected_events
from rapport.listening.api import add_tracking_key, revoke_tracking_key, tracking_keys
from rapport.web.access import actor_of, allowed
from rapport.web.forms.office import NewKey
from rapport.web.saying import said_error
from rapport.web.shell import Entry
from rapport.web.store import ledger

_MOST = 50


@allowed("add_tracking_key")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys_page(request: HttpRequest) -> HttpResponse:
    """All keys; the secret of a new one is shown this once."""
    form, secret = NewKey(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            secret = add_tracking_key(form.cleaned_data["name"], actor=actor_of(request))
            form = NewKey()
        except InputError as error:
            form.add_error("name", said_error(error))
    told = {"form": form, "secret": secret, "keys": tracking_keys()}
    return render(request, "web/settings/keys.html", told)


@allowed("revoke_tracking_key")
@never_cache
@require_POST
def revoke_key(request: HttpRequest) -> HttpResponse:
    """Let a key open nothing any more; what it brought stays."""
    revoke_tracking_key(request.POST.get("name", ""), actor=actor_of(request))
    messages.success(request, _("The key is revoked: it opens nothing any more."))
    return redirect("settings_keys")


@allowed("add_tracking_key")
@never_cache
@require_safe
def rejected_page(request: HttpRequest) -> HttpResponse:
    """What a system sent that could not be stored, newest first."""
    name = request.GET.get("name", "")
    if name not in {key.name for key in tracking_keys()}:
        raise NotFoundError(f"There is no tracking key {name!r}")
    rows = list(rejected_events(ledger().database, name, _MOST))
    return render(request, "web/settings/rejected.html", {"name": name, "rows": rows})


urlpatterns = [
    path("settings/keys", keys_page, name="settings_keys"),
    path("settings/keys/revoke", revoke_key, name="revoke_key"),
    path("settings/keys/rejected", rejected_page, name="rejected_events"),
]
TABS = [Entry("settings", 60, gettext_lazy("Tracking keys"), "/settings/keys", "add_tracking_key")]
