"""One's own account: name, language and light, password, second factor, sessions."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.office.api import change_own_account, sign_out_everywhere
from rapport.web.access import actor_of, allowed, signed_in
from rapport.web.forms.own_account import OwnAccount


@allowed("change_own_account")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_page(request: HttpRequest) -> HttpResponse:
    """What one may change of one's own account."""
    user = signed_in(request)
    form = OwnAccount(
        request.POST or None,
        initial={name: getattr(user, name) for name in OwnAccount.base_fields},
    )
    if request.method == "POST" and form.is_valid():
        change_own_account(user.pk, **form.cleaned_data, actor=actor_of(request))
        messages.success(request, _("Saved."))
        return redirect("account")
    factors = Authenticator.objects.filter(user=user).exclude(type="recovery_codes").count()
    return render(request, "web/account/account.html", {"form": form, "factors": factors})


@allowed("change_own_account")
@never_cache
@require_POST
def sign_out_others(request: HttpRequest) -> HttpResponse:
    """End every session of one's own but this one."""
    user = signed_in(request)
    sign_out_everywhere(user.pk, actor=actor_of(request))
    user.refresh_from_db()
    update_session_auth_hash(request, user)
    messages.success(request, _("Every other browser is signed out."))
    return redirect("account")


urlpatterns = [
    path("account/", account_page, name="account"),
    path("account/sign-out-others", sign_out_others, name="sign_out_others"),
]
