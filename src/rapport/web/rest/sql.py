"""Questions in SQL, within what the reader may see."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.ledger.api import Limits, ask_limited
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import JSON, MORE_FORMATS, as_file, as_rows, wanted_format
from rapport.web.contract.shape import Rows, shown
from rapport.web.contract.tables import MOST, MOST_IN_JSON
from rapport.web.hidden import hidden_in_rows
from rapport.web.store import ledger

router = Router(tags=["interactions"])

_BYTES = 256 * 1024**2


class AnswerRows(Rows):
    """What a question gives; `is_cut` where there were more rows than are given."""

    model_config = shown(rows=[{"channel": "web", "n": 812}], is_cut=False)

    is_cut: bool


class Question(Schema):
    """One SELECT."""

    query: str = Field(
        max_length=20_000,
        description="Over `interactions` and the published tables.",
        examples=["SELECT channel, count(*) AS n FROM interactions GROUP BY channel"],
    )


@router.get("/sql", response=AnswerRows, openapi_extra=MORE_FORMATS)
@allowed("query_sql")
def ask_sql(request: HttpRequest, asked: Query[Question]) -> Any:
    """What a SELECT of your own gives, with limits on time, memory and rows.

    1000 rows at most as JSON, 100,000 in the other formats, where the header `Rapport-Cut` is
    true when there were more.
    """
    form = wanted_format(request)
    limits = Limits(rows=MOST_IN_JSON if form == JSON else MOST, bytes=_BYTES)
    actor = actor_of(request)
    hidden = hidden_in_rows(actor)
    answer = ask_limited(ledger(), asked.query, actor.units, limits, hidden=hidden)
    if form == JSON:
        return {"rows": as_rows(answer.table), "is_cut": answer.is_cut}
    response: HttpResponse = as_file(answer.table, form)
    response["Rapport-Cut"] = str(answer.is_cut).lower()
    return response
