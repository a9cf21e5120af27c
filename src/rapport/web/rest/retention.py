"""How long interactions are kept."""

from typing import Any, Literal, Self

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, model_validator

from rapport.privacy.api import Rule, change_rules, rules_of, would_go
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Line, shown
from rapport.web.store import ledger

router = Router(tags=["privacy"])

_VIEWS = {"kind": "page.viewed", "source": None, "months": 14, "then": "delete"}


class RetentionRuleIn(Body):
    """Interactions of a kind, of a source or both are kept so many months, then `then`."""

    model_config = shown(**_VIEWS)

    kind: Line | None = None
    source: Line | None = None
    months: int = Field(ge=1, le=1200)
    then: Literal["anonymise", "delete"] = "anonymise"

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if self.kind is None and self.source is None:
            raise ValueError("say a kind or a source")
        return self

    def rule(self) -> Rule:
        """As the store keeps it."""
        return Rule(self.kind, self.source, self.months, self.then)


class RetentionRuleOut(Schema):
    """A rule that is kept every day."""

    model_config = shown(**_VIEWS)

    kind: str | None
    source: str | None
    months: int
    then: str


class Rules(Schema):
    """The rules, in their order."""

    rules: list[RetentionRuleOut]


class RulesIn(Body):
    """The rules that are to hold, and those you have seen."""

    model_config = shown(rules=[_VIEWS], was=[])

    rules: list[RetentionRuleIn] = Field(max_length=100)
    was: list[RetentionRuleIn] = Field(max_length=100)


class Going(Schema):
    """How many interactions are older than a rule allows."""

    model_config = shown(interactions=120)

    interactions: int


@router.get("/retention", response=Rules)
@allowed("see_office")
def list_rules(request: HttpRequest) -> Any:  # noqa: ARG001
    """How long interactions are kept."""
    return {"rules": rules_of(ledger().home)}


@router.post("/retention/count", response=Going)
@allowed("change_retention")
def count_going(request: HttpRequest, rule: RetentionRuleIn) -> Any:  # noqa: ARG001
    """How many interactions a rule would let go today; nothing is touched."""
    return {"interactions": would_go(ledger(), rule.rule())}


@router.put("/retention", response=Rules)
@allowed("change_retention")
def change_retention(request: HttpRequest, sent: RulesIn) -> Any:
    """Put other rules into the place of those you have seen.

    The worker keeps them every day; what a rule let go does not come back.
    """
    rules, was = ([one.rule() for one in those] for those in (sent.rules, sent.was))
    change_rules(ledger(), rules, was=was, actor=actor_of(request))
    return {"rules": rules_of(ledger().home)}
