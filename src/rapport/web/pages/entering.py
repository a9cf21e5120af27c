"""Ways in without a password, from this computer only: the first account, and the demo's people."""

from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.kernel.errors import InputError
from rapport.office.api import DEMO_HOST, Actor, add_user, any_user
from rapport.web.access import ANYBODY, allowed
from rapport.web.at_this_computer import is_local
from rapport.web.forms.first_account import FirstAccount
from rapport.web.saying import said

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@allowed(ANYBODY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """The first account of a store that has none; gone once there is one."""
    if any_user():
        return redirect("/")
    if not is_local(request):
        return render(request, "web/entering/elsewhere.html", status=403)
    form = FirstAccount(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            add_user(
                given["email"],
                "owner",
                actor=Actor.operator(),
                name=given["name"],
                password=given["password"],
            )
        except InputError as error:
            form.add_error("email", said(error.message))
        else:
            login(request, get_user_model().objects.get(email=given["email"].lower()), _BACKEND)
            messages.success(request, _("Your account is made, and you are signed in."))
            return redirect("/")
    return render(request, "web/entering/welcome.html", {"form": form})


@allowed(ANYBODY)
@require_POST
def enter_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people, whose address no mail can reach."""
    email = request.POST.get("email", "")
    if not (is_local(request) and email.endswith(f"@{DEMO_HOST}")):
        raise Http404
    user = get_user_model().objects.filter(email=email, is_active=True).first()
    if user is None:
        raise Http404
    login(request, user, _BACKEND)
    return redirect("/")


urlpatterns = [
    path("welcome", welcome, name="welcome"),
    path("account/demo", enter_demo, name="enter_demo"),
]
