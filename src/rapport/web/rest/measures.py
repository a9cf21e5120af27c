"""Measures: which there are, what they come to, how, and the rows behind."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.measures.api import (
    Measure,
    all_measures,
    all_parameters,
    compute,
    distribution,
    explain,
    figures_table,
    named,
    rows_behind,
    to_json_rows,
)
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import (
    JSON,
    MORE_FORMATS,
    WITH_TAG,
    as_file,
    as_rows,
    tagged,
    unchanged,
    wanted_format,
)
from rapport.web.contract.shape import Day, Rows, shown
from rapport.web.filterbar import scope
from rapport.web.given import read_settings
from rapport.web.hidden import refuse_hidden
from rapport.web.store import ledger

router = Router(tags=["measures"])

_NPS = {
    "name": "nps",
    "title": "Net Promoter Score",
    "question": "How likely are customers to recommend us?",
    "unit": "points",
    "direction": "higher",
    "minimum_n": 30,
}


class MeasureLine(Schema):
    """A measure in short."""

    model_config = shown(**_NPS)

    name: str
    title: str
    question: str
    unit: str
    direction: str
    minimum_n: int


class Measures(Schema):
    """All measures, by name."""

    measures: list[MeasureLine]


class ParameterOut(Schema):
    """What a definition leaves open: set it with `set=name=value`."""

    name: str
    default: str | int | float | bool
    meaning: str
    choices: list[str]
    lowest: float | None
    highest: float | None


class MeasureOut(MeasureLine):
    """A measure's definition."""

    model_config = shown(
        **_NPS,
        definition="nps/1",
        observation="answers",
        inputs=["score", "scale"],
        interval="adjusted Wald",
        source="Sauro and Lewis",
        caveats=[],
        lowest=-100,
        highest=100,
        weightable=True,
        never_mixes=["programme", "brand"],
        parameters=[],
    )

    definition: str
    observation: str
    inputs: list[str]
    interval: str
    source: str
    caveats: list[str]
    lowest: float | None
    highest: float | None
    weightable: bool
    never_mixes: list[str]
    parameters: list[ParameterOut]


class FigureOut(Schema):
    """One number, with what it rests on. `value` is null where there are too few observations."""

    model_config = shown(
        **{
            "measure": "nps",
            "value": 41.2,
            "unit": "points",
            "n": 812,
            "low": 36.9,
            "high": 45.4,
            "confidence": 0.95,
            "method": "adjusted Wald",
            "by": {"channel": "web"},
            "period": "2025-01",
            "from": "2025-01-01",
            "to": "2025-01-31",
            "programme": None,
            "filter": None,
            "definition": "nps/1",
            "note": None,
            "extra": {"promoters": 0.58},
        }
    )

    measure: str
    value: float | None
    unit: str
    n: int
    low: float | None
    high: float | None
    confidence: float
    method: str
    by: dict[str, Any]
    period: str
    first_day: str = Field(alias="from")
    last_day: str = Field(alias="to")
    programme: str | None
    filter: str | None
    definition: str
    note: str | None
    extra: dict[str, float | None]


class Figures(Schema):
    """The figures, by period and then by group."""

    figures: list[FigureOut]


class Explanation(Schema):
    """How the figures come about, as text for people."""

    model_config = shown(measure="nps", explanation="Net Promoter Score ...")

    measure: str
    explanation: str


class BinOut(Schema):
    """Observations of one score, or of a class of lengths; `high` is null where it is open."""

    model_config = shown(low=9, high=9, n=211)

    low: float
    high: float | None
    n: int


class Distribution(Schema):
    """Single observations by score or by length; empty where a measure has neither."""

    bins: list[BinOut]


class AskedSpan(Schema):
    """Which observations of a measure."""

    first_day: Day | None = Field(None, alias="from", description="First day, inside.")
    last_day: Day | None = Field(None, alias="to", description="Last day, inside.")
    where: list[str] = Field([], description="A filter, such as `channel = web`; all must hold.")
    parameters: list[str] = Field([], alias="set", description="A parameter as `name=value`.")

    def question(self, request: HttpRequest) -> dict[str, Any]:
        """The question with what holds for whoever asks."""
        refuse_hidden(actor_of(request), where=self.where)
        return {
            "first_day": self.first_day,
            "last_day": self.last_day,
            "where": [*self.where, *scope(request)],
            "parameters": read_settings(self.parameters),
        }


class Asked(AskedSpan):
    """What a measure is asked for."""

    by: list[str] = Field([], description="Group by this field.", examples=["channel"])
    every: Literal["day", "week", "month", "quarter", "year"] | None = Field(
        None, description="One figure for each."
    )
    weight: str | None = Field(None, description="A numeric field that weighs the rows.")
    mix: bool = Field(False, description="Let programmes and brands mix in one figure.")

    def question(self, request: HttpRequest) -> dict[str, Any]:
        """The question with what holds for whoever asks."""
        refuse_hidden(actor_of(request), [*self.by, self.weight])
        own = {"by": self.by, "every": self.every, "weight": self.weight, "mix": self.mix}
        return {**super().question(request), **own}


class AskedWithConfidence(Asked):
    """What a measure's figures are asked for."""

    confidence: float = Field(0.95, gt=0, lt=1, description="Of the intervals.")

    def question(self, request: HttpRequest) -> dict[str, Any]:
        """The question with what holds for whoever asks."""
        return {**super().question(request), "confidence": self.confidence}


class AskedRows(Asked):
    """What the rows behind a measure's figures are asked for."""

    limit: int = Field(100, ge=1, le=1000, description="At most so many rows.")


@router.get("/measures", response=Measures)
@allowed("see_figures")
def list_measures(request: HttpRequest) -> Any:  # noqa: ARG001
    """Which measures there are."""
    return {"measures": [_line(measure) for measure in all_measures().values()]}


@router.get("/measures/{name}", response=MeasureOut)
@allowed("see_figures")
def one_measure(request: HttpRequest, name: str) -> Any:  # noqa: ARG001
    """A measure's definition: what it counts, with which interval, from which source."""
    measure = named(name)
    own = ("definition", "observation", "interval", "source", "lowest", "highest", "weightable")
    parameters = [
        {part: getattr(one, part) for part in ParameterOut.model_fields}
        for one in all_parameters(measure)
    ]
    lists = {part: list(getattr(measure, part)) for part in ("inputs", "caveats", "never_mixes")}
    told = {part: getattr(measure, part) for part in own}
    return {**_line(measure), **told, **lists, "parameters": parameters}


@router.get("/measures/{name}/figures", response=Figures, by_alias=True, openapi_extra=WITH_TAG)
@allowed("see_figures")
def figures(
    request: HttpRequest, response: HttpResponse, name: str, asked: Query[AskedWithConfidence]
) -> Any:
    """What a measure comes to, with interval and n.

    Send the `ETag` back as `If-None-Match`: nothing is computed where nothing has changed.
    """
    form, question = wanted_format(request), asked.question(request)
    with ledger().read() as snapshot:
        tag, known = unchanged(request, snapshot.token, named(name).definition, question, form)
        if known:
            return tagged(HttpResponse(status=304), tag)
        found = compute(snapshot, name, **question)
    if form == JSON:
        tagged(response, tag)
        return {"figures": to_json_rows(found)}
    return tagged(as_file(figures_table(found), form), tag)


@router.get("/measures/{name}/explanation", response=Explanation)
@allowed("see_figures")
def explanation(request: HttpRequest, name: str, asked: Query[AskedWithConfidence]) -> Any:
    """How the figures come about: counts, the very SQL, interval, source, caveats."""
    with ledger().read() as snapshot:
        text = explain(snapshot, name, **asked.question(request))
    return {"measure": name, "explanation": text}


@router.get("/measures/{name}/distribution", response=Distribution)
@allowed("see_figures")
def spread(request: HttpRequest, name: str, asked: Query[AskedSpan]) -> Any:
    """Single observations behind a figure, by score or by length; narrow it to one programme."""
    with ledger().read() as snapshot:
        return {"bins": distribution(snapshot, name, **asked.question(request))}


@router.get("/measures/{name}/rows", response=Rows, openapi_extra=MORE_FORMATS)
@allowed("see_interactions")
def rows(
    request: HttpRequest,
    name: str,
    asked: Query[AskedRows],
) -> Any:
    """The observations behind the figures, at most `limit`, in no promised order."""
    form = wanted_format(request)
    with ledger().read() as snapshot:
        table = rows_behind(snapshot, name, limit=asked.limit, **asked.question(request))
    return {"rows": as_rows(table)} if form == JSON else as_file(table, form)


def _line(measure: Measure) -> dict[str, Any]:
    return {part: getattr(measure, part) for part in MeasureLine.model_fields}
