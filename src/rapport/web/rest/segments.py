"""Segments by rule."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from rapport.customers.api import (
    Segment,
    count_now,
    hits_of,
    is_visible,
    members,
    put_segment,
    remove_segment,
    segment_named,
    segments,
    sizes,
    sizes_now,
)
from rapport.ledger.api import Snapshot
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Done, shown
from rapport.web.hidden import rule_for
from rapport.web.rest.customers import CustomerLine
from rapport.web.store import ledger

router = Router(tags=["segments"])

_MOST_MEMBERS = 1000
_RULE = "customer.tier = gold"


class SegmentOut(Schema):
    """A segment; `customers` is how many are in it, null for who sees some units only."""

    model_config = shown(
        key="gold",
        name="Gold",
        rule=_RULE,
        version=1,
        rule_version=1,
        changed_at="2026-11-01T10:00:00Z",
        customers=12,
    )

    key: str
    name: str
    rule: str
    version: int
    rule_version: int
    changed_at: datetime
    customers: int | None


class Segments(Schema):
    """All segments, by name."""

    segments: list[SegmentOut]


class SizeOut(Schema):
    """How many customers were in a segment at a moment."""

    model_config = shown(at="2026-10-01T00:00:00Z", customers=11)

    at: datetime
    customers: int


class Sizes(Schema):
    """A segment's size over time; empty for who sees some units only."""

    sizes: list[SizeOut]


class Members(Schema):
    """Who is in a segment now, the first 1000."""

    customers: list[CustomerLine]


class SegmentIn(Body):
    """What a segment is called, and who is in it."""

    model_config = shown(name="Gold", rule=_RULE)

    name: str = Field(max_length=100)
    rule: str = Field(max_length=20_000)


class SegmentChange(SegmentIn):
    """What a segment is to be; `version` is the one you have seen."""

    model_config = shown(name="Gold", rule=_RULE, version=1)

    version: int = Field(ge=1, le=2**31)


class RuleIn(Body):
    """A rule to try."""

    model_config = shown(rule=_RULE)

    rule: str = Field(max_length=20_000)


class Count(Schema):
    """How many customers a rule puts together now; null for who sees some units only."""

    model_config = shown(customers=12)

    customers: int | None


@router.get("/segments", response=Segments)
@allowed("see_customers")
def list_segments(request: HttpRequest) -> Any:
    """All segments with their sizes."""
    with ledger().read() as snapshot:
        return {"segments": [_told(request, snapshot, one) for one in segments()]}


@router.post("/segments", response=SegmentOut)
@allowed("put_segment")
def make_segment(request: HttpRequest, segment: SegmentIn) -> Any:
    """Make a segment; the worker finds out who is in it."""
    actor = actor_of(request)
    made = put_segment(segment.name, str(rule_for(actor, segment.rule)), actor=actor)
    with ledger().read() as snapshot:
        return _told(request, snapshot, made)


@router.post("/segments/count", response=Count)
@allowed("put_segment")
def try_rule(request: HttpRequest, tried: RuleIn) -> Any:
    """How many customers a rule puts together now; nothing is kept."""
    rule = rule_for(actor_of(request), tried.rule)
    if actor_of(request).units is not None:
        return {"customers": None}
    with ledger().read() as snapshot:
        return {"customers": count_now(snapshot, rule)}


@router.get("/segments/{path:key}/sizes", response=Sizes)
@allowed("see_customers")
def segment_sizes(request: HttpRequest, key: str) -> Any:
    """A segment's size over time."""
    segment_named(key)
    if actor_of(request).units is not None:
        return {"sizes": []}
    with ledger().read() as snapshot:
        return {"sizes": sizes(snapshot, key)}


@router.get("/segments/{path:key}/customers", response=Members)
@allowed("see_customers")
def segment_members(request: HttpRequest, key: str) -> Any:
    """Who is in a segment now, as far as you may know of them."""
    segment_named(key)
    units = actor_of(request).units
    with ledger().read() as snapshot:
        hits = hits_of(snapshot, members(snapshot, key, _MOST_MEMBERS), units)
    seen = [hit for hit in hits if units is None or is_visible(ledger(), hit.key, units)]
    return {"customers": seen}


@router.get("/segments/{path:key}", response=SegmentOut)
@allowed("see_customers")
def one_segment(request: HttpRequest, key: str) -> Any:
    """One segment."""
    with ledger().read() as snapshot:
        return _told(request, snapshot, segment_named(key))


@router.put("/segments/{path:key}", response=SegmentOut)
@allowed("put_segment")
def change_segment(request: HttpRequest, key: str, change: SegmentChange) -> Any:
    """Change a segment's name and rule; of two who do so at once the second is told."""
    actor = actor_of(request)
    rule = str(rule_for(actor, change.rule))
    found = put_segment(change.name, rule, actor=actor, key=key, seen=change.version)
    with ledger().read() as snapshot:
        return _told(request, snapshot, found)


@router.delete("/segments/{path:key}", response=Done)
@allowed("remove_segment")
def delete_segment(request: HttpRequest, key: str) -> Any:
    """Remove a segment; its customers stay."""
    remove_segment(key, actor=actor_of(request))
    return Done()


def _told(request: HttpRequest, snapshot: Snapshot, one: Segment) -> dict[str, Any]:
    names = set(SegmentOut.model_fields) - {"customers"}
    everywhere = actor_of(request).units is None
    count = sizes_now(snapshot).get(one.key, 0) if everywhere else None
    return {**{name: getattr(one, name) for name in names}, "customers": count}
