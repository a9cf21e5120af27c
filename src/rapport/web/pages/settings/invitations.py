"""Invitations: sent or shown, accepted by whoever has the link."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.kernel.errors import InputError
from rapport.office.api import (
    accept_invitation,
    invitation_of,
    invite_user,
    open_invitations,
    withdraw_invitation,
)
from rapport.web.access import ANYBODY, actor_of, allowed
from rapport.web.forms.people import Accept, Invite
from rapport.web.inviting import send_invitation
from rapport.web.links import invitation_link, origin_of
from rapport.web.saying import said_error
from rapport.web.shell import Entry

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@allowed("invite_user")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitations_page(request: HttpRequest) -> HttpResponse:
    """Invite somebody; the link is sent where mail is set up, and shown once in any case."""
    form = Invite(request.POST or None)
    told: dict[str, object] = {}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            secret = invite_user(
                given["email"], given["role"], unit=given["unit"] or None, actor=actor_of(request)
            )
        except InputError as error:
            form.add_error("email", said_error(error))
        else:
            link = invitation_link(secret, origin_of(request))
            told = {
                "link": link,
                "to": given["email"],
                "sent": send_invitation(given["email"], link),
            }
            form = Invite()
    told |= {
        "form": form,
        "invitations": open_invitations(actor_of(request)),
        "sends_mail": settings.SENDS_MAIL,
    }
    return render(request, "web/settings/invitations.html", told)


@allowed("invite_user")
@never_cache
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Let a link open nothing any more."""
    withdraw_invitation(number, actor=actor_of(request))
    messages.success(request, _("The invitation is withdrawn; its link opens nothing."))
    return redirect("settings_invitations")


@allowed(ANYBODY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Make the account one is invited to; a link that is used or too old is not found."""
    invitation = invitation_of(secret)
    if invitation is None:
        raise Http404
    form = Accept(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        number = accept_invitation(invitation, name=given["name"], password=given["password"])
        login(request, get_user_model().objects.get(pk=number), _BACKEND)
        messages.success(request, _("Your account is made, and you are signed in."))
        return redirect("/")
    told = {"form": form, "invitation": invitation}
    return render(request, "web/entering/invitation.html", told)


urlpatterns = [
    path("settings/invitations", invitations_page, name="settings_invitations"),
    path("settings/invitations/<int:number>/withdraw", withdraw, name="withdraw_invitation"),
    path("invitation/<str:secret>", accept, name="accept_invitation"),
]
TABS = [Entry("settings", 21, gettext_lazy("Invitations"), "/settings/invitations", "invite_user")]
