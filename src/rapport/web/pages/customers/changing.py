"""What can be changed about a customer by hand: their consents."""

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rapport.customers.api import record_consent
from rapport.kernel.errors import InputError
from rapport.web.access import actor_of, allowed
from rapport.web.forms.consent import Consent
from rapport.web.pages.customers.person import person_of
from rapport.web.saying import said_error


@allowed("record_consent")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent_page(request: HttpRequest) -> HttpResponse:
    """Take down what a customer says about a use of their data."""
    person = person_of(request, request.GET.get("customer", ""))
    if person.profile is None:
        raise Http404
    form = Consent(request.POST or None, initial={"scope": request.GET.get("scope", "")})
    if request.method == "POST" and form.is_valid():
        try:
            record_consent(person.key, actor=actor_of(request), **form.cleaned_data)
        except InputError as error:
            form.add_error(None, said_error(error))
        else:
            messages.success(request, _("Taken down. What they said before stays in the history."))
            return redirect(f"/know/customers/{quote(person.key, safe='')}")
    return render(request, "web/customers/consent.html", {"person": person, "form": form})


urlpatterns = [path("know/consent", consent_page, name="consent")]
