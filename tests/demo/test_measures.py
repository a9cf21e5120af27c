"""The measures find what is planted, with an interval, and nothing where nothing is planted."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pytest

from rapport.demo import facts
from rapport.demo.api import END, ZONE, Company
from rapport.demo.facts import Fact, month_begins
from rapport.kernel.figures import Figure
from rapport.ledger.api import Settings
from rapport.measures.api import compute

# As intake makes them of `occurred_at`; the company's zone is the reporting zone.
_NUMBERED = f"""
    SELECT * REPLACE (coalesce(who.customer, i.customer) AS customer),
        encode(i.key) AS id, epoch_us(occurred_at) AS t,
        CAST(date_diff('day', DATE '1970-01-01', CAST(local AS DATE)) AS INTEGER) AS day,
        CAST(floor((date_diff('day', DATE '1970-01-01', CAST(local AS DATE)) + 3) / 7) AS INTEGER)
            AS week,
        CAST((year(local) - 1970) * 12 + month(local) - 1 AS INTEGER) AS month
    FROM (SELECT *, timezone('{ZONE}', occurred_at) AS local FROM told) AS i
    LEFT JOIN identity AS who ON who.key = i.customer
"""

Share = Callable[..., Figure]


class Told:
    """The company's interactions as a snapshot of the ledger would give them."""

    settings = Settings(zone=ZONE)
    published: frozenset[str] = frozenset()

    def __init__(self, interactions: pa.Table, identity: pa.Table) -> None:
        self._connection = duckdb.connect()
        self._connection.register("told", interactions)
        self._connection.register("identity", identity)
        self._connection.execute(f"CREATE TABLE interactions AS {_NUMBERED}")

    def sql(self, query: str, tables: Mapping[str, pa.Table] | None = None) -> pa.Table:
        assert not tables
        return self._connection.sql(query).to_arrow_table()


@pytest.fixture(scope="session")
def snapshot(trapperloo: Company, interactions: pa.Table) -> Told:
    return Told(interactions, trapperloo.identity())


@pytest.fixture
def inside(snapshot: Told) -> Share:
    """The figure of a measure in the months of a fact."""

    def ask(fact: Fact, measure: str, where: str, **parameters: object) -> Figure:
        days = {
            "first_day": fact.begins(),
            "last_day": min(month_begins(fact.until) - timedelta(days=1), END),
        }
        [figure] = compute(snapshot, measure, where=[where], parameters=parameters, **days)
        return figure

    return ask


@pytest.fixture
def before(snapshot: Told) -> Share:
    """The figure of a measure from the first month to the fact's."""

    def ask(fact: Fact, measure: str, where: str, **parameters: object) -> Figure:
        last = fact.begins() - timedelta(days=1)
        [figure] = compute(
            snapshot,
            measure,
            where=[where],
            parameters=parameters,
            first_day=date(2024, 11, 1),
            last_day=last,
        )
        return figure

    return ask


def _near(figure: Figure, expected: float, share: float = 0.15) -> None:
    assert figure.value == pytest.approx(expected, rel=share), figure


def _apart(a: Figure, b: Figure) -> bool:
    assert a.low is not None
    assert b.low is not None
    assert a.high is not None
    assert b.high is not None
    return a.high < b.low or b.high < a.low


@pytest.mark.parametrize("measure", ["promise_kept_share", "on_time_share"])
def test_one_depot_breaks_its_promises_since_its_carrier_changed(
    inside: Share, before: Share, measure: str
) -> None:
    fact = facts.LATE_DELIVERIES
    here = f"unit = {fact.where}"
    late, once = inside(fact, measure, here), before(fact, measure, here)
    _near(late, 1 - fact.after)
    _near(once, 1 - fact.before)
    assert _apart(late, once)
    elsewhere = inside(fact, measure, f"unit != {fact.where} and unit != null")
    _near(elsewhere, 1 - fact.before)


def test_the_day_that_was_told_and_the_day_it_came_agree_with_what_was_said(
    snapshot: Told,
) -> None:
    [kept] = compute(snapshot, "promise_kept_share", last_day="2026-10-15")
    [on_time] = compute(snapshot, "on_time_share", last_day="2026-10-15")
    assert kept.value == pytest.approx(on_time.value, abs=0.002)


def test_a_bot_answers_chats_since_its_month_and_nothing_else(inside: Share, before: Share) -> None:
    fact = facts.CHAT_BOT
    bots = inside(fact, "automation_share", "channel = chat")
    assert bots.value is not None
    assert bots.value > 0.2
    assert before(fact, "automation_share", "channel = chat").value == 0
    assert inside(fact, "automation_share", "channel = email").value == 0


def test_what_is_left_to_the_bot_is_not_called_settled(inside: Share) -> None:
    fact = facts.CHAT_UNANSWERED
    chats = inside(fact, "containment_share", "channel = chat")
    assert chats.value == 0
    assert chats.extra["left_alone_share"] == pytest.approx(fact.after, rel=0.15)
    flattered = inside(fact, "containment_share", "channel = chat", proof="silence")
    _near(flattered, fact.after)


def test_one_team_misses_the_target_since_it_slowed_down(inside: Share, before: Share) -> None:
    fact = facts.SLOW_TEAM
    here = f"unit = {fact.where}"
    slow = inside(fact, "reply_on_time_share", here, hours=24)
    once = before(fact, "reply_on_time_share", here, hours=24)
    assert _apart(slow, once)
    others = "unit = care-email-nl"
    assert not _apart(
        inside(fact, "reply_on_time_share", others), before(fact, "reply_on_time_share", others)
    )


@pytest.mark.parametrize("measure", ["positive_share", "perception"])
def test_one_store_is_seen_worse_while_its_new_people_learn(
    inside: Share, before: Share, measure: str
) -> None:
    fact = facts.STORE_TURNOVER
    here = f"programme = store and unit = {fact.where}"
    during, once = inside(fact, measure, here), before(fact, measure, here)
    assert _apart(during, once)
    assert during.value is not None
    assert once.value is not None
    assert during.value < once.value


def test_easier_checkout_is_seen_on_the_web_and_not_in_the_app(
    inside: Share, before: Share
) -> None:
    fact = facts.EASIER_CHECKOUT
    for channel, moved in (("web", True), ("app", False)):
        where = f"programme = checkout and channel = {channel}"
        after, once = (ask(fact, "positive_share", where, quick="off") for ask in (inside, before))
        assert _apart(after, once) is moved, channel


def test_a_cohort_is_whole_at_first_and_shrinks(snapshot: Told) -> None:
    found = compute(
        snapshot, "retention_cohort", every="quarter", first_day="2025-01-01", last_day="2025-03-31"
    )
    shares = [f.value for f in found if f.value is not None]
    assert shares[0] == 1
    assert all(0 < share < 0.5 for share in shares[1:])


def test_businesses_vote_once_each(snapshot: Told) -> None:
    [people] = compute(snapshot, "nps", where=["programme = relational and account != null"])
    [accounts] = compute(snapshot, "nps_account", where=["programme = relational"])
    assert accounts.n < people.n
    assert accounts.extra["contacts"] <= people.n
