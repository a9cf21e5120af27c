"""The audit: who did what, when."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.office.api import Asked, check_chain, find_lines
from rapport.web.access import allowed
from rapport.web.contract.paging import cursor_of, read_cursor
from rapport.web.contract.shape import Day, Number, shown

router = Router(tags=["audit"])


class LineOut(Schema):
    """One act: opaque ids and numbers only."""

    model_config = shown(
        number=17,
        at="2026-11-01T10:00:00Z",
        actor="user:1",
        verb="merge_customers",
        kind="merge",
        object_id="1",
        details={},
        import_id=None,
    )

    number: int
    at: datetime
    actor: str
    verb: str
    kind: str
    object_id: str
    details: dict[str, Any]
    import_id: int | None


class Lines(Schema):
    """Lines of the audit, newest first."""

    lines: list[LineOut]
    next: str | None


class ChainOut(Schema):
    """What the chain of hashes shows; `broken_at` is the first line that is wrong, else null."""

    model_config = shown(lines=1200, broken_at=None)

    lines: int
    broken_at: int | None


class AskedLines(Schema):
    """Which lines."""

    who: str = Field("", max_length=255, description="Of this actor, such as user:1.")
    verb: str = Field("", max_length=255, description="Of this verb.")
    thing: str = Field("", max_length=255, description="On such a thing.")
    first_day: Day | None = Field(None, alias="from", description="First day, inside.")
    last_day: Day | None = Field(None, alias="to", description="Last day, inside.")
    limit: int = Field(50, ge=1, le=500, description="Lines of a page.")
    cursor: str | None = Field(None, description="`next` of the page before.")


@router.get("/audit", response=Lines)
@allowed("see_audit")
def list_audit(request: HttpRequest, asked: Query[AskedLines]) -> Any:
    """Who did what, when: newest first, page by page."""
    before = None
    if asked.cursor is not None:
        [before] = read_cursor(request, asked.cursor, tuple[Number])
    wanted = Asked(asked.who, asked.verb, asked.thing, asked.first_day, asked.last_day)
    found = find_lines(wanted, before=before, limit=asked.limit + 1)
    lines = [
        {
            "number": number,
            "at": line.at,
            "actor": line.actor,
            "verb": line.act.verb,
            "kind": line.act.kind,
            "object_id": line.act.object_id,
            "details": dict(line.act.details),
            "import_id": line.act.import_id,
        }
        for number, line in found[: asked.limit]
    ]
    more = len(found) > asked.limit
    return {"lines": lines, "next": cursor_of(request, [lines[-1]["number"]]) if more else None}


@router.get("/audit/chain", response=ChainOut)
@allowed("see_audit")
def audit_chain(request: HttpRequest) -> Any:  # noqa: ARG001
    """Compute every hash of the audit anew: a line that was changed or taken out shows."""
    return check_chain()
