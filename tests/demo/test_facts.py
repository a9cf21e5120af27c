"""Each planted fact can be found in the tables, and is absent where it should be."""

import pytest

from rapport.demo import facts
from rapport.demo.facts import FACTS, Fact

from .conftest import Ask


def _about(fact: Fact, found: float, share: float = 0.25) -> None:
    """The figure is near what the fact says of the affected."""
    assert found == pytest.approx(fact.after, rel=share), fact.name


def _unmoved(fact: Fact, found: float, share: float = 0.25) -> None:
    """The figure is near what the fact says of the others."""
    assert found == pytest.approx(fact.before, rel=share), fact.name


def test_facts_have_different_names_and_lie_within_the_two_years() -> None:
    assert len({fact.name for fact in FACTS}) == len(FACTS)
    assert all(0 <= fact.since < fact.until <= facts.MONTHS for fact in FACTS)


def test_every_fact_of_the_file_is_listed() -> None:
    assert {f for f in vars(facts).values() if isinstance(f, Fact)} == set(FACTS)


def _broken(ask: Ask, where: str) -> float:
    share = f"""SELECT avg((kind = 'promise.broken')::int) FROM told
                WHERE kind IN ('promise.kept', 'promise.broken') AND {where}"""
    return float(ask(share)[0][0])


def test_late_deliveries_begin_in_one_depot_and_month(ask: Ask) -> None:
    fact = facts.LATE_DELIVERIES
    here = f"unit = '{fact.where}'"
    _about(fact, _broken(ask, f"{here} AND m > {fact.since}"))
    _unmoved(fact, _broken(ask, f"{here} AND m < {fact.since}"))
    _unmoved(fact, _broken(ask, f"NOT {here} AND m >= {fact.since}"))


def _pleased(ask: Ask, where: str) -> float:
    share = f"""SELECT avg((score >= 4)::int) FROM told WHERE kind = 'survey.answered'
                AND programme = 'delivery' AND item = 'satisfaction' AND {where}"""
    return float(ask(share)[0][0])


def test_satisfaction_with_deliveries_falls_there_and_nowhere_else(ask: Ask) -> None:
    fact = facts.LATE_DELIVERY_CSAT
    here = f"unit = '{fact.where}'"
    _about(fact, _pleased(ask, f"{here} AND m > {fact.since}"), 0.1)
    _unmoved(fact, _pleased(ask, f"{here} AND m < {fact.since}"), 0.06)
    _unmoved(fact, _pleased(ask, f"NOT {here} AND m >= {fact.since}"), 0.06)


_PLANS = """
WITH moves AS (
    SELECT m, json_extract_string(c.traits, '$.segment') AS segment,
           sum((kind = 'contract.started')::int) AS began,
           sum((kind = 'contract.ended')::int) AS ended
    FROM told JOIN customers AS c ON c.key = told.customer
    WHERE kind IN ('contract.started', 'contract.ended') GROUP BY ALL),
running AS (
    SELECT *, ended + sum(began - ended) OVER (PARTITION BY segment ORDER BY m) AS held FROM moves)
SELECT sum(ended) / sum(held) FROM running WHERE m >= 4 AND """


def test_students_leave_the_plan_since_its_price_rose(ask: Ask) -> None:
    fact = facts.PRICE_CHURN
    student = f"segment = '{fact.where}'"
    _about(fact, ask(f"{_PLANS} {student} AND m >= {fact.since}")[0][0])
    _unmoved(fact, ask(f"{_PLANS} {student} AND m < {fact.since}")[0][0], 0.4)
    _unmoved(fact, ask(f"{_PLANS} NOT {student} AND m >= {fact.since}")[0][0])


def test_the_students_say_it_was_the_price(ask: Ask) -> None:
    share = f"""SELECT avg((told.properties->>'reason' = 'price')::int)
                FROM told JOIN customers AS c ON c.key = told.customer
                WHERE kind = 'contract.ended' AND m >= {facts.PRICE_CHURN.since}
                AND (c.traits->>'segment' = 'student')"""
    assert ask(share)[0][0] > 0.6
    assert ask(share.replace("= 'student'", "<> 'student'"))[0][0] < 0.15


_TALKS = """
WITH asked AS (
    SELECT thread, min(occurred_at) AS t, any_value(unit) AS unit, any_value(channel) AS channel,
           min(m) AS m FROM told WHERE kind = 'message.received' GROUP BY thread),
replied AS (
    SELECT thread, min(occurred_at) FILTER (WHERE NOT automated) AS t, bool_or(automated) AS bot
    FROM told WHERE kind = 'message.sent' GROUP BY thread)
SELECT median(date_diff('minute', asked.t, replied.t)) / 60, avg((replied.t IS NULL)::int),
       avg(coalesce(bot, false)::int)
FROM asked LEFT JOIN replied USING (thread) WHERE """


def test_one_team_slows_down(ask: Ask) -> None:
    fact = facts.SLOW_TEAM
    here = f"unit = '{fact.where}'"
    _about(fact, ask(f"{_TALKS} {here} AND m > {fact.since}")[0][0])
    _unmoved(fact, ask(f"{_TALKS} {here} AND m < {fact.since}")[0][0], 0.5)
    others = "unit = 'care-email-nl'"
    _unmoved(fact, ask(f"{_TALKS} {others} AND m >= {fact.since}")[0][0], 0.5)


def test_a_bot_answers_chats_from_its_month_on_and_never_elsewhere(ask: Ask) -> None:
    fact = facts.CHAT_BOT
    _about(fact, ask(f"{_TALKS} channel = 'chat' AND m > {fact.since}")[0][2], 0.1)
    assert ask(f"{_TALKS} channel = 'chat' AND m < {fact.since}")[0][2] == 0
    assert ask(f"{_TALKS} channel <> 'chat'")[0][2] == 0


def test_chats_are_left_unanswered_since_the_bot(ask: Ask) -> None:
    fact = facts.CHAT_UNANSWERED
    # Chats of the last days may still be waiting for a person.
    _about(fact, ask(f"{_TALKS} channel = 'chat' AND m > {fact.since} AND m < 23")[0][1])
    _unmoved(fact, ask(f"{_TALKS} channel = 'chat' AND m < {fact.since}")[0][1], 0.5)
    assert ask(f"{_TALKS} channel <> 'chat' AND m >= {fact.since} AND m < 23")[0][1] < 0.08


def _mean(ask: Ask, where: str) -> float:
    return float(
        ask(f"SELECT avg(score) FROM told WHERE kind = 'survey.answered' AND {where}")[0][0]
    )


def test_the_redesign_makes_the_web_checkout_easier_not_the_app(ask: Ask) -> None:
    fact = facts.EASIER_CHECKOUT
    item = "programme = 'checkout' AND item = 'effort'"
    _about(fact, _mean(ask, f"{item} AND channel = 'web' AND m >= {fact.since}"), 0.05)
    _unmoved(fact, _mean(ask, f"{item} AND channel = 'web' AND m < {fact.since}"), 0.05)
    app = [_mean(ask, f"{item} AND channel = 'app' AND m {when} {fact.since}") for when in "<>"]
    assert app[0] == pytest.approx(app[1], abs=0.2)


_REFERRALS = """
WITH said AS (
    SELECT customer, occurred_at AS t, score FROM told
    WHERE kind = 'survey.answered' AND programme = 'relational'),
brought AS (
    SELECT properties->>'referrer' AS customer, occurred_at AS t, thread, key FROM told
    WHERE kind = 'coupon.redeemed' AND programme = 'referral'),
credited AS (
    SELECT brought.key, arg_max(score, said.t) AS score FROM brought JOIN said
    ON said.customer = brought.customer AND said.t < brought.t GROUP BY brought.key)
SELECT (SELECT count(*) FROM credited WHERE {0}) / (SELECT count(*) FROM said WHERE {0})"""


def test_promoters_bring_new_customers_and_detractors_hardly_any(ask: Ask) -> None:
    fact = facts.PROMOTERS_REFER
    promoters = ask(_REFERRALS.format("score >= 9"))[0][0]
    detractors = ask(_REFERRALS.format("score <= 6"))[0][0]
    _about(fact, promoters, 0.4)
    assert detractors < 2 * fact.before


_LEFT = """
WITH plans AS (
    SELECT customer, thread, min(occurred_at) AS began,
           max(occurred_at) FILTER (WHERE kind = 'contract.ended') AS ended
    FROM told WHERE kind LIKE 'contract.%' GROUP BY ALL),
said AS (
    SELECT customer, occurred_at AS t, score FROM told
    WHERE kind = 'survey.answered' AND programme = 'relational' AND m < 18)
SELECT avg((coalesce(ended < t + INTERVAL 180 DAY, false))::int)
FROM said JOIN plans USING (customer)
WHERE began < t AND (ended IS NULL OR ended > t) AND """


def test_detractors_leave_more_often_than_promoters(ask: Ask) -> None:
    fact = facts.DETRACTORS_LEAVE
    _about(fact, ask(f"{_LEFT} score <= 6")[0][0], 0.3)
    _unmoved(fact, ask(f"{_LEFT} score >= 9")[0][0], 0.3)


def _stars(ask: Ask, where: str) -> float:
    return float(ask(f"SELECT avg(score) FROM told WHERE kind = 'review.posted' AND {where}")[0][0])


def test_one_competitor_is_ahead_on_deliveries_only(ask: Ask) -> None:
    fact = facts.COMPETITOR_DELIVERY
    theirs = f"brand = '{fact.where}'"
    _about(fact, _stars(ask, f"item = 'delivery' AND {theirs}"), 0.04)
    _unmoved(fact, _stars(ask, "item = 'delivery' AND brand IS NULL"), 0.04)
    assert _stars(ask, f"item <> 'delivery' AND {theirs}") < _stars(
        ask, "item <> 'delivery' AND brand IS NULL"
    )


def test_one_store_falls_when_its_people_leave_and_recovers_when_trained(ask: Ask) -> None:
    fact = facts.STORE_TURNOVER
    here = f"programme = 'store' AND unit = '{fact.where}'"
    during = f"m >= {fact.since} AND m < {fact.until}"
    _about(fact, _mean(ask, f"{here} AND {during}"), 0.12)
    _unmoved(fact, _mean(ask, f"{here} AND m < {fact.since}"), 0.08)
    _unmoved(fact, _mean(ask, f"{here} AND m >= {fact.until}"), 0.08)
    _unmoved(fact, _mean(ask, f"programme = 'store' AND unit <> '{fact.where}' AND {during}"), 0.04)


def test_three_of_the_store_left_and_the_new_were_trained_later(ask: Ask) -> None:
    fact = facts.STORE_TURNOVER
    query = f"""SELECT count(*) FILTER (WHERE "left" IS NOT NULL),
                       count(*) FILTER (WHERE trained = DATE '{facts.month_begins(fact.until)}')
                FROM employees WHERE unit = '{fact.where}'"""
    assert ask(query) == [(3, 3)]
    others = f"""SELECT count("left") FROM employees WHERE unit <> '{fact.where}'"""
    assert ask(others) == [(0,)]


def test_expectations_rise_while_perception_stays(ask: Ask) -> None:
    fact = facts.RISING_EXPECTATIONS
    _unmoved(fact, _mean(ask, "item = 'expectation' AND m < 3"), 0.04)
    _about(fact, _mean(ask, "item = 'expectation' AND m >= 21"), 0.04)
    elsewhere = "item = 'perception' AND unit <> 'depot-de-ruhr'"
    first, last = (_mean(ask, f"{elsewhere} AND m {when}") for when in ("< 6", ">= 18"))
    assert first == pytest.approx(last, abs=0.15)


_RECENT = """
WITH invited AS (
    SELECT thread, customer, occurred_at AS t FROM told
    WHERE kind = 'survey.invited' AND programme = 'relational' AND m < 23),
hurt AS (
    SELECT DISTINCT invited.thread FROM invited JOIN told USING (customer)
    WHERE kind = 'promise.broken' AND occurred_at BETWEEN t - INTERVAL 60 DAY AND t),
answered AS (SELECT thread, score FROM told WHERE kind = 'survey.answered')
SELECT avg((score IS NOT NULL)::int), avg(score)
FROM invited LEFT JOIN answered USING (thread)
WHERE thread {0} (SELECT thread FROM hurt)"""


def test_people_with_a_broken_promise_answer_less(ask: Ask) -> None:
    fact = facts.SILENT_UNHAPPY
    _about(fact, ask(_RECENT.format("IN"))[0][0], 0.15)
    _unmoved(fact, ask(_RECENT.format("NOT IN"))[0][0], 0.08)


def test_people_with_a_broken_promise_recommend_us_less(ask: Ask) -> None:
    fact = facts.BROKEN_PROMISES_COST
    _about(fact, ask(_RECENT.format("IN"))[0][1], 0.05)
    _unmoved(fact, ask(_RECENT.format("NOT IN"))[0][1], 0.03)
