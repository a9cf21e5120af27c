"""Two customers who are one: a look at what would change, the merge, and taking it back."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.customers.api import has_interactions, merge_customers, publish, split_customers
from rapport.kernel.errors import NotFoundError
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Done, Number, shown
from rapport.web.pages.customers.merging import account_of, side_of, traits_of
from rapport.web.pages.customers.person import person_of
from rapport.web.store import ledger

router = Router(tags=["customers"])


class Merge(Body):
    """Two customers who are one person."""

    model_config = shown(kept="C-000008", merged="C-000384")

    kept: str = Field(description="Key or identifier; they are called so from then on.")
    merged: str = Field(description="Key or identifier.")


class Merged(Schema):
    """A merge; its number takes it back."""

    model_config = shown(number=1)

    number: int


class SideOut(Schema):
    """One of two customers, and how many interactions of theirs you see."""

    key: str
    title: str
    interactions: int


class TraitOut(Schema):
    """What both say of a trait, and what will count."""

    name: str
    kept: Any
    merged: Any
    counts: Any


class MergePreview(Schema):
    """What a merge would make; `is_one` where the two are one customer already."""

    model_config = shown(
        kept={"key": "C-000008", "title": "Ana Brandt", "interactions": 168},
        merged={"key": "C-000384", "title": "A. Brandt", "interactions": 3},
        is_one=False,
        account="A-7",
        traits=[{"name": "language", "kept": "nl", "merged": "en", "counts": "nl"}],
    )

    kept: SideOut
    merged: SideOut
    is_one: bool
    account: str | None
    traits: list[TraitOut]


class AskedTwo(Schema):
    """Which two."""

    kept: str = Field(max_length=500, description="Key or identifier of who is kept.")
    merged: str = Field(max_length=500, description="Key or identifier of the other.")


@router.get("/merges/preview", response=MergePreview)
@allowed("merge_customers")
def preview_merge(request: HttpRequest, two: Query[AskedTwo]) -> Any:
    """What would change if two customers were one; nothing is done."""
    kept, merged = (person_of(request, name) for name in (two.kept, two.merged))
    sides = [
        {
            "key": person.key,
            "title": person.title,
            "interactions": side_of(request, person).standing.interactions,
        }
        for person in (kept, merged)
    ]
    return {
        "kept": sides[0],
        "merged": sides[1],
        "is_one": kept.key == merged.key,
        "account": account_of(kept) or account_of(merged) or None,
        "traits": [asdict(one) for one in traits_of(kept, merged)],
    }


@router.delete("/customers/{path:key}/merges/{number}", response=Done)
@allowed("split_customers")
def split(request: HttpRequest, key: str, number: Number) -> Any:
    """Take a merge of a customer back: they are two again."""
    person = person_of(request, key)
    if person.profile is None or number not in {line.id for line in person.profile.merges}:
        raise NotFoundError(f"There is no merge {number} of this customer")
    split_customers(number, actor=actor_of(request))
    publish(ledger())
    return Done()


@router.post("/merges", response=Merged)
@allowed("merge_customers")
def merge(request: HttpRequest, two: Merge) -> Any:
    """Say that two customers are one person. History is not rewritten; it can be taken back."""
    keys = [person_of(request, name).key for name in (two.kept, two.merged)]
    with ledger().read() as snapshot:
        seen = [key for key in keys if has_interactions(snapshot, key)]
    number = merge_customers(*keys, actor=actor_of(request), seen=seen)
    publish(ledger())
    return {"number": number}
