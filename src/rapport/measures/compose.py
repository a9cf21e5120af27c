"""From a definition and a question to one SELECT, through SQLGlot trees only.

    WITH periods AS (VALUES ...),              -- measures placed by periods
         drawn AS (SELECT <fields>, <dimensions> FROM interactions WHERE <filter>),
         <the definition's own relations>,
         rows AS (<the definition's SELECT>)
    SELECT <dimensions>, <bucket>, <counts> FROM rows WHERE <filter> GROUP BY ...

Only columns that are used are drawn, so an engine reads no others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from rapport.kernel.errors import InputError
from rapport.kernel.periods import Every, Period, bucket_of
from rapport.ledger.api import FIELD_NAMES
from rapport.measures.definition import Measure, ParameterValue
from rapport.measures.fields import expression_of, field_named, joined, weight_of
from rapport.measures.portable import parsed
from rapport.methods.normal import z_of

LEDGER = "interactions"
# How near to its formula a rank is fetched: enough for the neighbours between which a quantile
# lies and for the rounding of an interval's ends.
NEAR = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """A question ready to be composed: everything resolved, nothing left as text.

    Attributes:
        measure: the definition.
        by: fields to group by, as the person named them.
        apart: fields that are grouped by because the measure never mixes them.
        bucket: makes the period's number from the columns day, week and month of a table.
        several: True where figures are grouped by period.
        first_day, last_day: range in days since 1970-01-01, None where open.
        periods: in order, for measures placed by them.
        condition: the filter over `i` and `c`, None for everything.
        weight: field that weighs, None for equal weights.
        parameters: all of the definition's, with those of the data (`data_last_day`).
        confidence: of the intervals.
        absent: published tables that the definition reads and that are not there.
    """

    measure: Measure
    by: tuple[str, ...]
    apart: tuple[str, ...]
    bucket: Callable[[str | None], exp.Expr]
    several: bool
    first_day: int | None
    last_day: int | None
    periods: tuple[Period, ...]
    condition: exp.Expr | None
    weight: str | None
    parameters: Mapping[str, ParameterValue]
    confidence: float
    absent: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns that hold the dimensions, in the order of `by` and `apart`."""
        own = tuple(f"by_{n}" for n in range(len(self.by)))
        return own + tuple(f"apart_{n}" for n in range(len(self.apart)))


def day_number(day: date) -> int:
    """Days since 1970-01-01, as the ledger counts them."""
    return bucket_of(day, Every.DAY)


def figures_query(plan: Plan) -> exp.Select:
    """One row per figure: keys, splits, `bucket` and the counts.

    With weights also weight_sum, weight_squares, weighed and unweighed (rows with and without a
    usable weight); for quantile measures one row per rank instead (see `ranked_query`).
    """
    if plan.measure.ranks is not None:
        return ranked_query(plan)
    if plan.measure.covers is not None:
        return covered_query(plan)
    measure = plan.measure
    groups = _groups(plan)
    counts = [exp.alias_(_count(plan, sql), name) for name, sql in measure.counts.items()]
    if plan.weight:
        counts += [exp.alias_(parsed(sql).copy(), name) for name, sql in WEIGHT_COUNTS.items()]
    query = over_rows(plan, [*groups, *counts])
    # By the expressions themselves: an alias may also be the name of a column of rows.
    return query.group_by(*(g.unalias().copy() for g in groups)) if groups else query


def covered_query(plan: Plan) -> exp.Select:
    """Counts by day first, then for each period those of the days that it covers."""
    measure = plan.measure
    own = [exp.column(name) for name in (*plan.keys, *measure.splits)]
    counts = {name: _count(plan, sql) for name, sql in measure.counts.items()}
    counted = [exp.alias_(count, name) for name, count in counts.items()]
    by_day = over_rows(plan, [*own, exp.column("day"), *counted])
    by_day = by_day.group_by(*_copies(own), exp.column("day"))
    ctes = by_day.args.pop("with_")
    ctes.append("expressions", _cte("days", by_day))
    groups = [*_copies(own), *([exp.column("bucket")] if plan.several else [])]
    sums = [exp.alias_(_put_together(count, name), name) for name, count in counts.items()]
    query = exp.select(*groups, *sums).from_("days").join("periods", on=_covered(plan))
    query = query.group_by(*_copies(groups)) if groups else query
    query.set("with_", ctes)
    return query


def _put_together(count: exp.Expr, name: str) -> exp.Expr:
    """The aggregate of a column that holds the aggregate of parts."""
    count = count.this if isinstance(count, exp.Filter) else count
    assert isinstance(count, exp.Count | exp.Sum | exp.Min | exp.Max), count.sql()
    again = type(count) if isinstance(count, exp.Min | exp.Max) else exp.Sum
    return again(this=exp.column(name))


def _covered(plan: Plan) -> exp.Expr:
    assert plan.measure.covers is not None
    return _filled(parsed(plan.measure.covers), plan.parameters)


def ranked_query(plan: Plan) -> exp.Select:
    """For quantiles: the values at and near the ranks that the figure and its interval need.

    Columns: keys, `bucket`, place (rank, 1 is the smallest), value, size (values ranked), and
    the counts, each over all rows of the figure and repeated on each of its rows.
    """
    measure = plan.measure
    groups = _groups(plan)
    partition = [g.unalias().copy() for g in groups]
    assert measure.ranks is not None
    value = exp.column(measure.ranks)
    order = exp.Order(expressions=[exp.Ordered(this=value.copy(), nulls_first=False)])
    place = exp.Window(this=exp.RowNumber(), partition_by=partition, order=order)
    size = exp.Window(this=exp.Count(this=value.copy()), partition_by=_copies(partition))
    counts = [
        exp.alias_(exp.Window(this=_count(plan, sql), partition_by=_copies(partition)), name)
        for name, sql in measure.counts.items()
    ]
    columns = [*groups, exp.alias_(value.copy(), "value"), exp.alias_(place, "place")]
    inner = over_rows(plan, [*columns, exp.alias_(size, "size"), *counts])
    ctes = inner.args.pop("with_")
    ctes.append("expressions", _cte("ranked", inner))
    # By name: a star would look as if it read the customer, which costs the identity map.
    names = [column.alias_or_name for column in inner.expressions]
    query = exp.select(*names).from_("ranked").where(_needed_ranks(plan))
    query.set("with_", ctes)
    return query


def rows_query(plan: Plan, limit: int) -> exp.Select:
    """The rows behind the figures, with what the definition says about each, at most `limit`."""
    own = [exp.column(name) for name in _outputs(plan) if name not in (*plan.keys, "asked_for")]
    keys = [
        exp.alias_(exp.column(key), name, quoted=True)
        for key, name in zip(plan.keys, plan.by + plan.apart, strict=True)
    ]
    query = over_rows(plan, [*keys, *own])
    if plan.measure.covers is not None:
        query = query.select("bucket").join("periods", on=_covered(plan))
    return query.limit(limit)


WEIGHT_COUNTS = {
    "weight_sum": "sum(weight)",
    "weight_squares": "sum(weight * weight)",
    "weighed": "count(weight)",
    "unweighed": "count(*) FILTER (WHERE weight IS NULL)",
}


def _groups(plan: Plan) -> list[exp.Expr]:
    columns: list[exp.Expr] = [exp.column(key) for key in plan.keys]
    columns += [exp.column(name) for name in plan.measure.splits]
    if plan.several:
        placed = plan.measure.placed == "rows"
        columns.append(exp.alias_(plan.bucket(None), "bucket") if placed else exp.column("bucket"))
    return columns


def _copies(nodes: Sequence[exp.Expr]) -> list[exp.Expr]:
    return [node.copy() for node in nodes]


def _cte(name: str, query: exp.Expr) -> exp.CTE:
    return exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)))


def over_rows(plan: Plan, columns: Sequence[exp.Expr]) -> exp.Select:
    """SELECT columns FROM rows, with all relations it rests on and the range it keeps to."""
    rows = _rows(plan)
    _prune(rows, {c.name for column in columns for c in column.find_all(exp.Column)})
    inner = rows.args.get("with_")
    rows.set("with_", None)
    ctes = [_cte("periods", _periods(plan.periods))] if plan.measure.placed == "periods" else []
    ctes += [_cte(name, _empty(plan.measure.reads[name])) for name in plan.absent]
    # Columns are read faster a second time than a copy of the rows is written and read.
    drawn = _cte("drawn", _drawn(plan, rows, inner))
    drawn.set("materialized", False)
    ctes.append(drawn)
    ctes += list(inner.expressions) if inner else []
    ctes.append(_cte("rows", rows))
    query = exp.select(*columns).from_("rows")
    if plan.condition is not None and plan.measure.filters == "rows":
        query = query.where(exp.column("asked_for"))
    if plan.measure.placed == "rows":
        query = _within(query, plan, exp.column("day"))
    query.set("with_", exp.With(expressions=ctes))
    return query


def _rows(plan: Plan) -> exp.Select:
    """The definition's SELECT with parameters, dimensions and `interactions` put in."""
    rows = _filled(parsed(plan.measure.rows), plan.parameters)
    assert isinstance(rows, exp.Select)
    for column in [c for c in rows.find_all(exp.Column) if c.name == "dimensions"]:
        _spread(column, _carried(plan))
    for table in list(rows.find_all(exp.Table)):
        if table.name == LEDGER:
            table.set("this", exp.to_identifier("drawn"))
    return rows


def _literal(value: ParameterValue) -> exp.Expr:
    if isinstance(value, float):
        # Without the cast, Spark reads a number with a point as DECIMAL.
        return exp.cast(exp.Literal.number(repr(value)), "DOUBLE")
    return exp.convert(value)


def _carried(plan: Plan) -> list[str]:
    """Columns that pass from the interactions through to the rows."""
    carried = list(plan.keys)
    if plan.weight:
        carried.append("weight")
    if plan.condition is not None and plan.measure.filters == "rows":
        carried.append("asked_for")
    return carried


def _spread(column: exp.Column, names: Sequence[str]) -> None:
    """Put the carried columns where `dimensions` stands in a list."""
    parent, key = column.parent, column.arg_key
    assert parent is not None
    assert key is not None
    if not isinstance(parent.args[key], list):
        raise InputError("`dimensions` stands for several columns and needs a list around it")
    table = column.table or None
    spread = [exp.column(name, table=table) for name in names]
    kept = list(parent.args[key])
    at = next(n for n, node in enumerate(kept) if node is column)
    parent.set(key, [*kept[:at], *spread, *kept[at + 1 :]])


def _drawn(plan: Plan, rows: exp.Select, inner: exp.Expr | None) -> exp.Select:
    """SELECT of the used fields and the dimensions FROM interactions, filtered where asked."""
    used = _used_fields([rows, *([inner] if inner else [])])
    columns: list[exp.Expr] = [exp.column(name, table="i") for name in used]
    for key, name in zip(plan.keys, plan.by + plan.apart, strict=True):
        columns.append(exp.alias_(expression_of(field_named(name)), key))
    if plan.weight:
        columns.append(exp.alias_(weight_of(field_named(plan.weight)), "weight"))
    if plan.measure.placed != "rows":
        columns.append(exp.alias_(plan.bucket("i"), "bucket"))
    late = plan.condition is not None and plan.measure.filters == "rows"
    if late and plan.condition is not None:
        columns.append(exp.alias_(plan.condition.copy(), "asked_for"))
    query = exp.select(*columns).from_(exp.to_table(LEDGER).as_("i"))
    if plan.condition is not None and not late:
        query = query.where(plan.condition.copy())
    if plan.measure.placed == "drawn":
        query = _within(query, plan, exp.column("day", table="i"))
    return joined(query)


def _prune(rows: exp.Select, wanted: set[str]) -> None:
    """Drop columns of rows that nobody reads.

    Not left to the engine: a query that does not name the customer is spared the identity map.
    """
    wanted = wanted | {"day", "asked_for"}
    kept = [column for column in rows.expressions if column.alias_or_name in wanted]
    rows.set("expressions", kept)


def _used_fields(trees: Sequence[exp.Expr]) -> list[str]:
    named = {column.name for tree in trees for column in tree.find_all(exp.Column)}
    return [name for name in FIELD_NAMES if name in named]


def _within(query: exp.Select, plan: Plan, day: exp.Expr) -> exp.Select:
    if plan.first_day is not None:
        query = query.where(day.copy() >= plan.first_day)
    if plan.last_day is not None:
        query = query.where(day.copy() <= plan.last_day)
    return query


def _empty(columns: Mapping[str, str]) -> exp.Select:
    """A relation without rows."""
    nothing = [exp.alias_(exp.cast(exp.Null(), kind), name) for name, kind in columns.items()]
    return exp.select(*nothing).where(exp.false())


def _periods(periods: Sequence[Period]) -> exp.Select:
    rows = [(p.bucket or 0, day_number(p.first_day), day_number(p.last_day)) for p in periods]
    names = ["bucket", "first_day", "last_day"]
    return exp.select(*names).from_(exp.values(rows, alias="p", columns=names))


def _outputs(plan: Plan) -> list[str]:
    return [column.alias_or_name for column in _rows(plan).expressions]


def _count(plan: Plan, sql: str) -> exp.Expr:
    tree = _filled(parsed(sql), plan.parameters)
    return weighted(tree) if plan.weight else tree


def weighted(tree: exp.Expr) -> exp.Expr:
    """The aggregate with each row counting as much as its `weight`; rows without one do not count.

    Raises:
        InputError: it counts distinct values, which no weight can be given.

    >>> weighted(parsed("count(*) FILTER (WHERE score >= 9)")).sql()
    'SUM(weight) FILTER(WHERE score >= 9)'
    >>> weighted(parsed("sum(score * score)")).sql()
    'SUM(weight * (score * score))'
    """
    return tree.transform(_weigh)


def _weigh(node: exp.Expr) -> exp.Expr:
    weight = exp.column("weight")
    if isinstance(node, exp.Sum):
        return exp.Sum(this=weight * exp.paren(node.this.copy()))
    if not isinstance(node, exp.Count):
        return node
    if isinstance(node.this, exp.Distinct):
        raise InputError("What is counted once cannot be weighed", got=node.sql("duckdb"))
    if isinstance(node.this, exp.Star):
        return exp.Sum(this=weight)
    present = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.Null()))
    return exp.Sum(this=exp.Case(ifs=[exp.If(this=present, true=weight)]))


def _needed_ranks(plan: Plan) -> exp.Expr:
    """Ranks at the figure's quantiles and at the ends of their intervals.

    The formula is that of `methods.quantiles.ranks`, which picks among what comes back. The
    first row stands for figures that have no values at all.
    """
    z = z_of(plan.confidence)
    wanted = [parsed("place = 1").copy()]
    for quantile in wanted_quantiles(plan.parameters):
        for side in (-z, 0.0, z):
            values = {"q": quantile, "side": side, "near": NEAR}
            wanted.append(_filled(parsed(NEEDED), values))
    return exp.or_(*wanted)


NEEDED = "abs(place - (size * :q + :side * sqrt(size * :q * (1 - :q)))) <= :near"


def wanted_quantiles(parameters: Mapping[str, ParameterValue]) -> tuple[float, ...]:
    """The quantile asked for and the two that always come along, median and p90."""
    return tuple(sorted({float(parameters["quantile"]), 0.5, 0.9}))


def _filled(tree: exp.Expr, values: Mapping[str, ParameterValue]) -> exp.Expr:
    """A copy of the tree with its placeholders filled by literals."""
    filled = tree.copy()
    for placeholder in list(filled.find_all(exp.Placeholder)):
        placeholder.replace(_literal(values[placeholder.name]))
    return filled
