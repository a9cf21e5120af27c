"""People who sign in: who they are, what they may do, and how they are shut out."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel.errors import ChangedError, InputError
from rapport.office.api import (
    activate_user,
    change_user,
    deactivate_user,
    member,
    members,
    note_link,
    remove_second_factor,
    sign_out_everywhere,
)
from rapport.web.access import actor_of, allowed
from rapport.web.forms.people import ChangePerson
from rapport.web.links import origin_of, password_link
from rapport.web.saying import said_error
from rapport.web.shell import Entry


@allowed("see_users")
@never_cache
@require_safe
def people_page(request: HttpRequest) -> HttpResponse:
    """Everybody with an account."""
    return render(request, "web/settings/people.html", {"people": members(actor_of(request))})


@allowed("change_user")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_page(request: HttpRequest, number: int) -> HttpResponse:
    """One person: their role and unit."""
    found = member(number, actor_of(request))
    if request.method != "POST":
        told = {"name": found.name, "role": found.role, "unit": found.unit or ""}
        form = ChangePerson(initial={**told, "version": found.version})
        return _person(request, number, form)
    form = ChangePerson(request.POST)
    status = 200
    if form.is_valid():
        given = form.cleaned_data
        try:
            change_user(
                number,
                version=given["version"],
                role=given["role"],
                unit=given["unit"] or None,
                name=given["name"],
                actor=actor_of(request),
            )
        except InputError as error:
            status = 409 if isinstance(error, ChangedError) else 400
            form.add_error(None, said_error(error))
        else:
            messages.success(request, _("Changed. It holds from their next click."))
            return redirect("settings_people")
    return _person(request, number, form, status=status)


def _person(
    request: HttpRequest, number: int, form: ChangePerson, status: int = 200, link: str = ""
) -> HttpResponse:
    told = {"person": member(number, actor_of(request)), "form": form, "link": link}
    return render(request, "web/settings/person.html", told, status=status)


@allowed("change_user")
@never_cache
@require_POST
def act_on_person(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Shut somebody out or let them in, end their sessions, take a second factor away."""
    if act not in _ACTS:
        raise Http404
    verb, told = _ACTS[act]
    try:
        verb(number, actor=actor_of(request))
    except InputError as error:
        messages.error(request, said_error(error))
    else:
        messages.success(request, str(told))
    return redirect("settings_person", number=number)


@allowed("change_user")
@never_cache
@require_POST
def link_for_person(request: HttpRequest, number: int) -> HttpResponse:
    """Show a link by which somebody sets their password, to hand over."""
    found = note_link(number, actor=actor_of(request))
    told = {"name": found.name, "role": found.role, "unit": found.unit or ""}
    form = ChangePerson(initial={**told, "version": found.version})
    return _person(request, number, form, link=password_link(number, origin_of(request)))


_ACTS: dict[str, tuple[Callable[..., None], str | Promise]] = {
    "deactivate": (deactivate_user, gettext_lazy("Shut out: their next click is refused.")),
    "activate": (activate_user, gettext_lazy("They may sign in again.")),
    "sign-out": (sign_out_everywhere, gettext_lazy("Signed out everywhere.")),
    "second-factor": (
        remove_second_factor,
        gettext_lazy("The second factor is removed; their password alone lets them in."),
    ),
}

urlpatterns = [
    path("settings/people", people_page, name="settings_people"),
    path("settings/people/<int:number>", person_page, name="settings_person"),
    path("settings/people/<int:number>/link", link_for_person, name="settings_person_link"),
    path("settings/people/<int:number>/<slug:act>", act_on_person, name="settings_person_act"),
]
TABS = [Entry("settings", 20, gettext_lazy("People"), "/settings/people", "see_users")]
