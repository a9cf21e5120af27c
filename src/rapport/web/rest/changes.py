"""What changed most: groups whose figure moved by more than chance."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.kernel.errors import InputError
from rapport.measures.api import to_json_rows
from rapport.web.access import actor_of, allowed
from rapport.web.changes import Changes, changed_most
from rapport.web.contract.shape import Day
from rapport.web.filterbar import scope
from rapport.web.hidden import refuse_hidden
from rapport.web.overview import ground
from rapport.web.rest.measures import FigureOut
from rapport.web.store import ledger, stored_figures

router = Router(tags=["measures"])

_LONGEST = 3660


class ChangeOut(Schema):
    """A group whose figure moved, and by how much, in the measure's unit."""

    field: str
    group: str
    by: float
    now: FigureOut
    before: FigureOut


class ChangesOut(Schema):
    """The strongest changes first, and how many groups were compared to find them."""

    compared: int
    changes: list[ChangeOut]


class AskedSpan(Schema):
    """Which days, compared with as many before them."""

    last_day: Day | None = Field(None, alias="to", description="Last day; that of the data.")
    days: int = Field(90, ge=1, le=_LONGEST, description="How many days up to it.")
    where: list[str] = Field([], description="A filter, such as `channel = web`; all must hold.")


@router.get("/changes", response=ChangesOut, by_alias=True)
@allowed("see_figures")
def list_changes(request: HttpRequest, asked: Query[AskedSpan]) -> Any:
    """Groups whose figure moved by more than chance since the days before."""
    refuse_hidden(actor_of(request), where=asked.where)
    last = asked.last_day or _end_of_data()
    if last is None:
        return _told(Changes(0, []))
    if last.toordinal() <= 2 * asked.days:
        raise InputError("There are no days before these", got=last.isoformat())
    with ledger().read() as snapshot:
        return _told(changed_most(snapshot, last, asked.days, [*asked.where, *scope(request)]))


def _end_of_data() -> dt.date | None:
    last = ground(ledger(), stored_figures()).extent.last_day
    return dt.date.fromisoformat(last) if last else None


def _told(found: Changes) -> dict[str, Any]:
    changes = [
        {
            **{name: getattr(one, name) for name in ("field", "group", "by")},
            **dict(zip(("now", "before"), to_json_rows([one.now, one.before]), strict=True)),
        }
        for one in found.found
    ]
    return {"compared": found.compared, "changes": changes}
