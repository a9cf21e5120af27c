"""The history of imports, each with its report, its rejected rows and its undo."""

from collections import Counter
from itertools import islice

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rapport.kernel.errors import InputError
from rapport.ledger.api import Import, find_import, import_history, rejections
from rapport.listening.api import is_running, rejected_lines, undo_import, uploads
from rapport.office.api import names_of_actors, permits
from rapport.web.access import actor_of, allowed
from rapport.web.store import ledger
from rapport.web.wording import whole

_A_PAGE = 50
_SHOWN_ROWS = 20
STATES: dict[str, Promise] = {
    "running": gettext_lazy("running"),
    "stopped": gettext_lazy("stopped"),
    "done": gettext_lazy("done"),
    "undoing": gettext_lazy("being undone"),
    "undone": gettext_lazy("undone"),
}
RECORDS: dict[str, Promise] = {
    "interactions": gettext_lazy("interactions"),
    "customers": gettext_lazy("customers"),
    "employees": gettext_lazy("employees"),
    "units": gettext_lazy("business units"),
    "touchpoints": gettext_lazy("touchpoints"),
}


@allowed("see_imports")
@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """All imports, newest first, and the reader's own files that are not imported yet."""
    before = request.GET.get("before", "")
    after_that = int(before) if before.isdecimal() and len(before) < 18 else None
    found = import_history(ledger().database, _A_PAGE + 1, before=after_that)
    shown = found[:_A_PAGE]
    told = {
        "lines": _lines(shown),
        "older": shown[-1].id if len(found) > _A_PAGE else None,
        "is_first": after_that is None,
        "uploads": uploads(ledger(), actor=actor_of(request)),
        "may_import": permits(actor_of(request), "import_file"),
        "zone": ledger().settings.zone,
    }
    return render(request, "web/imports/history.html", told)


@allowed("see_imports")
@never_cache
@require_safe
def one_import(request: HttpRequest, number: int) -> HttpResponse:
    """What became of one import, row by row where a row was rejected."""
    found = find_import(ledger().database, number)
    may_see = may_see_rows(request, found)
    rows = list(islice(rejections(ledger().database, number), _SHOWN_ROWS)) if may_see else []
    told = {
        "line": _lines([found])[0],
        "reasons": reasons_of(number) if found.receipt.rejected else [],
        "rows": rows,
        "may_see_rows": may_see,
        "may_import": permits(actor_of(request), "import_file"),
        "may_undo": permits(actor_of(request), "undo_import") and found.state != "undone",
        "zone": ledger().settings.zone,
    }
    return render(request, "web/imports/one.html", told)


@allowed("see_imports")
@never_cache
@require_safe
def rejected_rows(request: HttpRequest, number: int) -> HttpResponseBase:
    """The rejected rows as a file that can be mended and brought again."""
    if not may_see_rows(request, find_import(ledger().database, number)):
        raise Http404
    answer = StreamingHttpResponse(
        rejected_lines(ledger(), number), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="rejected-{number}.csv"'
    return answer


@allowed("undo_import")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take out again what an import brought, once that was confirmed."""
    found = find_import(ledger().database, number)
    trouble = None
    if request.method == "POST":
        try:
            gone = undo_import(ledger(), number, actor=actor_of(request))
        except InputError as error:
            trouble = error
        else:
            told = ngettext(
                "Undone: %(count)s record was taken out.",
                "Undone: %(count)s records were taken out.",
                gone,
            )
            messages.success(request, told % {"count": whole(gone)})
            return redirect("import", number)
    context = {"line": _lines([found])[0], "trouble": trouble}
    return render(request, "web/imports/undo.html", context, status=400 if trouble else 200)


def may_see_rows(request: HttpRequest, found: Import) -> bool:
    """A rejected row has no unit yet: who sees some units only sees what they brought."""
    actor = actor_of(request)
    return actor.units is None or found.actor == actor.id


def _lines(found: list[Import]) -> list[dict[str, object]]:
    names = names_of_actors({one.actor for one in found})
    return [_line(one, names) for one in found]


def _line(one: Import, names: dict[str, str]) -> dict[str, object]:
    is_over = one.state != "running" or is_running(ledger(), one.digest)
    state = one.state if is_over else "stopped"
    return {
        "import": one,
        "state": state,
        "state_title": STATES[state],
        "record": RECORDS[one.record],
        "who": names.get(one.actor) or _stranger(one.actor),
    }


def _stranger(actor: str) -> str:
    if actor == "operator":
        return _("the command line")
    return _("the program") if actor.startswith("system:") else actor


def reasons_of(number: int) -> list[tuple[str, str, int]]:
    """Why rows of an import were rejected, at which field, how many; the most first."""
    """Each reason with its field, the most frequent first."""
    counted = Counter(
        (row.reason.value, row.field or "") for row in rejections(ledger().database, number)
    )
    return [(reason, field, count) for (reason, field), count in counted.most_common()]
