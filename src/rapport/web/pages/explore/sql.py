"""Questions in SQL: one SELECT, within what the reader may see; the question is the address."""

from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.kernel.errors import InputError, RapportError
from rapport.ledger.api import Limited, Limits, ask_limited, readable
from rapport.office.api import saved_views
from rapport.web.access import actor_of, allowed
from rapport.web.exporting import as_file
from rapport.web.hidden import hidden_in_rows
from rapport.web.shaping import preview
from rapport.web.store import ledger

_SHOWN = 500
EXAMPLE = "SELECT channel, count(*) AS n\nFROM interactions\nGROUP BY channel\nORDER BY n DESC"


@allowed("query_sql")
@never_cache
@require_safe
def sql_page(request: HttpRequest) -> HttpResponse:
    """A question, and its answer or what is wrong with it."""
    query, actor = request.GET.get("q", "").replace("\r\n", "\n"), actor_of(request)
    hidden = hidden_in_rows(actor)
    told: dict[str, Any] = {
        "query": query or EXAMPLE,
        "asked": bool(query.strip()),
        "relations": readable(ledger(), actor.units, hidden),
        "hidden": sorted(hidden),
        "limits": Limits(),
        "page": "sql",
        "views": saved_views("sql", actor=actor),
        "me": actor,
        "link": urlencode({"q": query}),
    }
    status = 200
    if query.strip():
        try:
            told |= _answer(_asked(request, query, Limits()))
        except InputError as error:
            told["trouble"], status = error, 400
        except RapportError as error:
            told["trouble"], status = error, 503
    return render(request, "web/explore/sql.html", told, status=status)


@allowed("query_sql")
@never_cache
@require_safe
def sql_download(request: HttpRequest) -> StreamingHttpResponse:
    """The answer as CSV or Parquet."""
    form = request.GET.get("as", "csv")
    if form not in ("csv", "parquet"):
        raise InputError("There is no such format", got=form, expected="csv or parquet")
    limits = Limits(rows=1_000_000, bytes=256 * 1024**2)
    table = _asked(request, request.GET.get("q", ""), limits).table
    # Where there are no rows the file still says which columns there would be.
    batches = table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]
    return as_file(iter(batches), form, "answer", ExitStack())


def _asked(request: HttpRequest, query: str, limits: Limits) -> Limited:
    actor = actor_of(request)
    return ask_limited(ledger(), query, actor.units, limits, hidden=hidden_in_rows(actor))


def _answer(answer: Limited) -> dict[str, Any]:
    return {
        "answer": preview(answer.table, ledger().settings.zone, _SHOWN),
        "count": answer.table.num_rows,
        "shown": min(_SHOWN, answer.table.num_rows),
        "is_cut": answer.is_cut,
    }
