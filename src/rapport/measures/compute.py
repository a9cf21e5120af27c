"""Runs a plan and turns what SQL counted into figures."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from sqlglot import exp

from rapport.kernel.figures import Estimate, Figure
from rapport.kernel.periods import Days, Period, bucket_name, days_of
from rapport.measures.compose import Plan, figures_query
from rapport.measures.definition import Counts, Measure
from rapport.measures.question import Asked, Question, Reader, ask

MONEY = "money"


def printed(query: exp.Expr, *, pretty: bool = False) -> str:
    """The SQL text for DuckDB."""
    return query.sql("duckdb", pretty=pretty)


def figures(reader: Reader, measure: Measure, question: Question) -> list[Figure]:
    """The figures that answer the question, by period and then by dimensions.

    Raises:
        InputError: see `question.ask`.
    """
    asked = ask(reader, measure, question)
    if asked.empty:
        return []
    rows = reader.sql(printed(figures_query(asked.plan))).to_pylist()
    if measure.ranks is not None:
        rows = _per_figure(asked.plan, rows)
    if not rows and not (asked.plan.by or asked.plan.several or measure.splits):
        rows = [_nothing(asked.plan)]
    shown = _apart_shown(asked.plan, rows)
    return [_figure(asked, question, row, shown) for row in sorted(rows, key=_order(asked.plan))]


def _nothing(plan: Plan) -> dict[str, Any]:
    """The row of a single figure that nothing was found for."""
    names = (*plan.keys, *plan.measure.counts, "weight_squares", "weighed", "unweighed")
    return {**dict.fromkeys(names), "weighed": 0}


def _order(plan: Plan) -> Any:
    names = [*plan.keys, *plan.measure.splits]

    def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
        # What is absent comes last; numbers before texts, should a field hold both.
        values = [row[name] for name in names]
        return (
            row.get("bucket") or 0,
            *((v is None, isinstance(v, str), v if v is not None else 0) for v in values),
        )

    return key


def _per_figure(plan: Plan, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Gather the ranks of each figure into one row with `ordered`."""
    names = [*plan.keys, *plan.measure.splits, *(["bucket"] if plan.several else [])]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in names)
        figure = found.setdefault(key, {**row, "ordered": {}})
        if row["value"] is not None:
            figure["ordered"][int(row["place"])] = float(row["value"])
    return list(found.values())


def _apart_shown(plan: Plan, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Key columns that nobody asked for but that a reader must see, with their field.

    A programme has a place of its own in a figure, a currency is the unit of money; where the unit
    is another, it is named as soon as there are two.
    """
    keys = {f"apart_{n}": name for n, name in enumerate(plan.apart) if name != "programme"}
    seen = {key: {row[key] for row in rows if row[key] is not None} for key in keys}
    least = {"currency": sys.maxsize if plan.measure.unit == MONEY else 2}
    return {key: name for key, name in keys.items() if len(seen[key]) >= least.get(name, 1)}


def _figure(
    asked: Asked, question: Question, row: Mapping[str, Any], shown: Mapping[str, str]
) -> Figure:
    plan, measure = asked.plan, asked.plan.measure
    counts = _counts(plan, row)
    estimate = measure.figure(counts)
    period = _period(asked, question, row)
    least = int(counts.parameters["minimum_n"])
    too_few = estimate.n < least
    value = None if too_few else estimate.value
    own = {name: row[key] for key, name in zip(plan.keys, plan.by + plan.apart, strict=True)}
    by = {name: row[f"by_{n}"] for n, name in enumerate(plan.by)}
    by |= {name: row[key] for key, name in shown.items()}
    by |= {name: row[name] for name in measure.splits}
    return Figure(
        measure=measure.name,
        value=value,
        unit=_unit(measure, own),
        n=estimate.n,
        low=None if too_few else estimate.low,
        high=None if too_few else estimate.high,
        confidence=estimate.confidence,
        method=estimate.method,
        by=by,
        period=period.name,
        first_day=period.first_day.isoformat(),
        last_day=period.last_day.isoformat(),
        programme=own.get("programme"),
        filter=question.filter,
        definition=measure.definition,
        note=_note(asked, counts, estimate, period, row),
        extra={} if too_few else dict(estimate.extra),
    )


def _unit(measure: Measure, own: Mapping[str, Any]) -> str:
    return str(own.get("currency") or MONEY) if measure.unit == MONEY else measure.unit


def _counts(plan: Plan, row: Mapping[str, Any]) -> Counts:
    weighed = plan.weight is not None
    return Counts(
        values=row,
        rows=int(row["weighed"]) if weighed else 0,
        weight_squares=float(row["weight_squares"] or 0) if weighed else None,
        confidence=plan.confidence,
        parameters=plan.parameters,
        ordered=row.get("ordered", {}),
    )


def _period(asked: Asked, question: Question, row: Mapping[str, Any]) -> Period:
    """The figure's period, cut to the range that was asked for."""
    if asked.every is None:
        return asked.plan.periods[0]
    bucket = int(row["bucket"])
    if asked.plan.measure.placed == "periods":
        return next(p for p in asked.plan.periods if p.bucket == bucket)
    whole = days_of(bucket, asked.every, asked.week_start)
    cut = Days(
        max(whole.first_day, question.first_day or whole.first_day),
        min(whole.last_day, question.last_day or whole.last_day),
    )
    name = bucket_name(bucket, asked.every, asked.week_start)
    return Period(bucket, name, cut.first_day, cut.last_day, complete=cut == whole)


def _note(
    asked: Asked, counts: Counts, estimate: Estimate, period: Period, row: Mapping[str, Any]
) -> str | None:
    measure = asked.plan.measure
    least = int(counts.parameters["minimum_n"])
    said: list[str | None] = []
    if estimate.n < least:
        said.append(f"Too few {measure.observation} to say ({estimate.n} of {least}).")
    said.append(measure.note(counts))
    if row.get("unweighed"):
        said.append(f"Left out without a usable weight: {row['unweighed']}.")
    if measure.placed == "periods" and not period.complete:
        said.append(f"Of the period only {period.first_day} to {period.last_day} is counted.")
    return " ".join(part for part in said if part) or None
