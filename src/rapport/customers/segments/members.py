"""Who is in a segment: now, and at the beginning of each month of the past, counted by SQL.

For each moment asked for, only what happened before it counts; what a customer is (traits, account)
has no history before it is looked at, and is taken as it is now.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
from sqlglot import exp

from rapport.customers.segments.rules import (
    COUNT,
    DAYS_SINCE,
    LAST_SCORE,
    SUM_AMOUNT,
    About,
    Asks,
    Rule,
)
from rapport.kernel.filters import Field, json_value, to_sql
from rapport.kernel.zones import zone_named
from rapport.ledger.api import TOKEN, Snapshot, condition

DAY = 86_400_000_000
_MONTHS = 24
_OPERATORS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "<=": exp.LTE,
    ">=": exp.GTE,
    "<": exp.LT,
    ">": exp.GT,
}
_VALUES = {
    COUNT: "count(*)",
    SUM_AMOUNT: "sum(amount)",
    DAYS_SINCE: f"floor((max(at) - max(t)) / {DAY})",
    LAST_SCORE: "max(score)",
}


def end_of(snapshot: Snapshot) -> int | None:
    """The moment just after the latest interaction (µs); None where there is none.

    What is announced for later does not count, as on the overview.
    """
    query = "SELECT max(t) AS last FROM stored WHERE occurred_at <= received_at + INTERVAL 1 DAY"
    last = snapshot.sql(query)["last"][0].as_py()
    return None if last is None else int(last) + 1


def past_moments(snapshot: Snapshot, end: int) -> list[int]:
    """The first moments of up to 24 months before `end`, none before the data, and `end`."""
    first = int(snapshot.sql("SELECT min(t) AS first FROM stored")["first"][0].as_py())
    zone = zone_named(snapshot.settings.zone)
    day = (datetime(1970, 1, 1, tzinfo=zone_named("UTC")) + timedelta(microseconds=end)).date()
    moments = []
    for back in range(_MONTHS):
        month = day.year * 12 + day.month - 1 - back
        begins = datetime.combine(date(month // 12, month % 12 + 1, 1), datetime.min.time(), zone)
        moments.append(int(begins.timestamp()) * 1_000_000)
    return sorted({end, *(moment for moment in moments if first < moment < end)})


def members_at(snapshot: Snapshot, rule: Rule, moments: list[int]) -> pa.Table:
    """Who fulfils the rule at each of the moments: columns customer and at.

    Raises:
        InputError: a filter names a field that is not there.
    """
    query = members_query(snapshot, rule)
    return snapshot.sql(query.sql("duckdb"), {"moments": pa.table({"at": moments})})


def count_now(snapshot: Snapshot, rule: Rule) -> int:
    """How many fulfil the rule at the end of the data; nobody where there are no data."""
    end = end_of(snapshot)
    if end is None:
        return 0
    found = exp.select("count(*) AS n").from_(members_query(snapshot, rule).subquery("found"))
    return int(
        snapshot.sql(found.sql("duckdb"), {"moments": pa.table({"at": [end]})})["n"][0].as_py()
    )


def members_query(snapshot: Snapshot, rule: Rule) -> exp.Select:
    """SELECT customer, at over the relation `moments` of that one column."""
    query = exp.select("e.customer AS customer", "m.at AS at").from_("everyone AS e")
    query = query.join("moments AS m", on="e.first_t IS NULL OR e.first_t < m.at")
    query = query.with_("everyone", as_=_everyone(snapshot))
    if "customers" in snapshot.published:
        query = query.join("customers AS c", on="c.key = e.customer", join_type="left")
    conditions = []
    for number, one in enumerate(rule.conditions):
        if isinstance(one, About):
            conditions.append(_about(snapshot, one))
            continue
        name = f"asked_{number}"
        query = query.with_(name, as_=_asked(snapshot, one))
        same = f"{name}.customer = e.customer AND {name}.at = m.at"
        query = query.join(name, on=same, join_type="left")
        conditions.append(_compared(one, name))
    joined = exp.or_(*conditions) if rule.any_of else exp.and_(*conditions)
    return query.where(joined)


def _everyone(snapshot: Snapshot) -> exp.Expr:
    """Each customer once, with the moment of their first interaction; null where there is none."""
    told = (
        "SELECT customer, min(t) AS first_t FROM interactions WHERE customer IS NOT NULL "
        f"AND customer NOT LIKE '{TOKEN}%' GROUP BY customer"
    )
    if "customers" in snapshot.published:
        told = (
            f"SELECT customer, min(first_t) AS first_t FROM ({told} UNION ALL "
            "SELECT key AS customer, CAST(NULL AS BIGINT) AS first_t FROM customers) AS known "
            "GROUP BY customer"
        )
    return exp.maybe_parse(told, dialect="duckdb")


def _about(snapshot: Snapshot, one: About) -> exp.Expr:
    known = "customers" in snapshot.published

    def column(field: Field) -> exp.Expr:
        head, *keys = field.parts
        if head == "key":
            return exp.column("customer", table="e")
        if not known:
            return exp.cast(exp.Null(), "text")
        if not keys:
            return exp.column(head, table="c")
        if len(keys) == 1 and keys[0] in ("account", "unit"):
            return exp.column(keys[0], table="c")
        return exp.paren(json_value(exp.column("traits", table="c"), keys))

    return exp.paren(to_sql(one.tree, column, zone=zone_named(snapshot.settings.zone)))


def _asked(snapshot: Snapshot, one: Asks) -> exp.Select:
    """customer, at, value: what the interactions of each say at each moment."""
    told = exp.select("customer", "t", "id", "score", "amount").from_("interactions")
    told = told.where("customer IS NOT NULL")
    where = [one.where] if one.where else []
    if one.aspect == SUM_AMOUNT:
        where.append(f"currency = '{snapshot.settings.currency}'")
    asked = condition(where, snapshot.settings.zone)
    told = told if asked is None else told.where(asked)
    told = told.where("score IS NOT NULL") if one.aspect == LAST_SCORE else told
    before = "i.t < n.at" + ("" if one.days is None else f" AND i.t >= n.at - {one.days * DAY}")
    columns = ["i.customer AS customer", "n.at AS at", "i.t AS t", "i.score AS score"]
    rows = exp.select(*columns, "i.amount AS amount").from_(told.subquery("i"))
    rows = rows.join("moments AS n", on=before)
    if one.aspect == LAST_SCORE:
        latest = "row_number() OVER (PARTITION BY i.customer, n.at ORDER BY i.t DESC, i.id DESC)"
        rows = rows.select(f"{latest} AS place")
    query = exp.select("customer", "at", f"{_VALUES[one.aspect]} AS value").from_(
        rows.subquery("r")
    )
    query = query.where("place = 1") if one.aspect == LAST_SCORE else query
    return query.group_by("customer", "at")


def _compared(one: Asks, name: str) -> exp.Expr:
    value: exp.Expr = exp.column("value", table=name)
    if one.aspect in (COUNT, SUM_AMOUNT):
        # Who did nothing did it no times.
        value = exp.func("coalesce", value, exp.Literal.number(0))
    number = exp.cast(exp.Literal.number(str(Decimal(one.number))), "double")
    return _OPERATORS[one.operator](this=exp.cast(value, "double"), expression=number)
