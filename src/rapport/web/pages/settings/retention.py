"""How long interactions are kept: the rules, a look at what one would do, then the change."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.kernel.errors import ChangedError, InputError
from rapport.office.api import require
from rapport.privacy.api import Rule, change_rules, rules_of, would_go
from rapport.web.access import actor_of, allowed
from rapport.web.forms.office import NewRule
from rapport.web.saying import said_error
from rapport.web.shell import Entry
from rapport.web.store import ledger


@allowed("see_office")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def retention_page(request: HttpRequest) -> HttpResponse:
    """The rules. A new one is looked at first: how much would go, then it is added."""
    rules, form, status = rules_of(ledger().home), NewRule(request.POST or None), 200
    preview: int | None = None
    if request.method == "POST":
        require(actor_of(request), "change_retention")
        if form.is_valid():
            rule = _rule(form)
            preview = would_go(ledger(), rule)
            if request.POST.get("sure"):
                status = _change(request, [*rules, rule], form, len(rules))
                if status == 200:
                    return redirect("settings_retention")
    told = {"rules": rules, "form": form, "preview": preview, "count": len(rules)}
    return render(request, "web/settings/retention.html", told, status=status)


def _rule(form: NewRule) -> Rule:
    given = form.cleaned_data
    return Rule(given["kind"] or None, given["source"] or None, given["months"], given["then"])


def _change(request: HttpRequest, rules: list[Rule], form: NewRule, seen: int) -> int:
    """200 where the rules are these now; else the form says why not."""
    was = rules_of(ledger().home)
    try:
        if request.POST.get("count", str(seen)) != str(len(was)):
            raise ChangedError("Somebody else changed the rules meanwhile")
        change_rules(ledger(), rules, was=was, actor=actor_of(request))
    except InputError as error:
        form.add_error(None, said_error(error))
        return 409 if isinstance(error, ChangedError) else 400
    messages.success(request, _("The rules are changed. The worker keeps them every day."))
    return 200


@allowed("change_retention")
@never_cache
@require_POST
def remove_rule(request: HttpRequest, number: int) -> HttpResponse:
    """Take a rule away; what it let go does not come back."""
    was = rules_of(ledger().home)
    if request.POST.get("count") != str(len(was)) or not 1 <= number <= len(was):
        raise ChangedError("Somebody else changed the rules meanwhile", hint="Look at them again.")
    rest = [rule for place, rule in enumerate(was, 1) if place != number]
    change_rules(ledger(), rest, was=was, actor=actor_of(request))
    messages.success(request, _("The rule is gone."))
    return redirect("settings_retention")


urlpatterns = [
    path("settings/retention", retention_page, name="settings_retention"),
    path("settings/retention/<int:number>/remove", remove_rule, name="remove_rule"),
]
TABS = [Entry("settings", 50, gettext_lazy("Retention"), "/settings/retention", "see_office")]
