"""Tokens: what opens the API to one's programs; made, listed, revoked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.kernel.errors import InputError
from rapport.office.api import Actor, add_token, permits, revoke_token, scopes_of, tokens
from rapport.web.access import actor_of, allowed
from rapport.web.contract.assembly import needs
from rapport.web.forms.new_token import NewToken
from rapport.web.saying import said_error
from rapport.web.shell import Entry


@allowed("add_token")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens_page(request: HttpRequest) -> HttpResponse:
    """One's tokens; a new one is shown here, once."""
    actor = actor_of(request)
    form = NewToken(_offered(actor), request.POST or None)
    secret = _made(form, actor) if request.method == "POST" and form.is_valid() else None
    if secret:
        form = NewToken(_offered(actor))
    told = {
        "form": form,
        "secret": secret,
        "tokens": tokens(actor, of_all=True),
        "of_all": permits(actor, "change_user"),
        "address": request.build_absolute_uri("/"),
    }
    return render(request, "web/tokens/tokens.html", told)


def _offered(actor: Actor) -> list[str]:
    """Scopes that the actor has and that open something."""
    known = needs()
    return [scope for scope in scopes_of(actor) if scope in known]


def _made(form: NewToken, actor: Actor) -> str | None:
    """The secret of the token that was asked for; None where the form says why not."""
    given = form.cleaned_data
    try:
        return add_token(given["name"], given["scopes"], actor=actor, days=given["days"])
    except InputError as error:
        form.add_error("name", said_error(error))
        return None


@allowed("revoke_token")
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Let a token open nothing from now on."""
    revoke_token(number, actor=actor_of(request))
    messages.success(request, _("The token is revoked."))
    return redirect("/settings/tokens")


urlpatterns = [
    path("settings/tokens", tokens_page, name="tokens"),
    path("settings/tokens/<int:number>/revoke", revoke),
]
TABS = [Entry("settings", 70, _("API tokens"), "/settings/tokens", "add_token")]
