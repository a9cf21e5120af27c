"""The company is the same for the same seed, and its interactions hold together."""

import hashlib
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from rapport.demo.api import END, Company, company
from rapport.kernel.errors import InputError
from rapport.kernel.scales import SCALES
from rapport.ledger.api import MAPPED_FIELDS, SCHEMA, known_kinds

from .conftest import Ask


def _digest(tables: object) -> str:
    digest = hashlib.sha256()
    for table in tables:  # type: ignore[attr-defined]
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
        digest.update(sink.getvalue())
    return digest.hexdigest()


def _everything(made: Company) -> str:
    people = (made.customers(), made.identity(), made.employees(), made.units())
    return _digest([*made.interactions(), *people, made.touchpoints()])


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert _everything(company(300, seed=5)) == _everything(company(300, seed=5))


def test_another_seed_gives_another_company() -> None:
    assert _everything(company(300, seed=5)) != _everything(company(300, seed=6))


def test_a_block_told_alone_is_the_one_within_the_company(interactions: pa.Table) -> None:
    alone = pa.concat_tables(company(30_000, seed=7).block(1))
    second = pc.greater_equal(pc.cast(interactions["key"], pa.int64()), 1_000_000_000)
    assert interactions.filter(second).equals(alone)


def test_columns_are_fields_of_the_ledger_in_their_types(interactions: pa.Table) -> None:
    assert set(interactions.column_names) <= {*MAPPED_FIELDS, "key"}
    for name in set(interactions.column_names) - {"key"}:
        assert interactions.schema.field(name).type == SCHEMA.field(name).type, name


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="1 to 20000000"):
        company(0)


def test_a_company_of_one_has_a_story_too() -> None:
    assert sum(table.num_rows for table in company(1).interactions()) > 0


def test_tables_come_month_by_month_as_many_as_promised() -> None:
    tables = list(company(300).interactions())
    months = [table["occurred_at"].to_pylist() for table in tables]
    assert len(tables) == company(300).tables == 24
    assert all(max(one) < min(next_) for one, next_ in pairwise(months))
    assert all(one == sorted(one) for one in months)


def test_the_default_company_is_of_the_promised_size() -> None:
    count = sum(table.num_rows for table in company().interactions())
    assert 450_000 < count < 650_000


def test_another_end_moves_the_two_years() -> None:
    end = END.replace(year=2025, day=15)
    last = list(company(300, end=end).interactions())[-1]
    moments = last["occurred_at"].to_pylist()
    assert max(moments).date() == end


def test_keys_are_unique(ask: Ask) -> None:
    assert ask("SELECT count(*) - count(DISTINCT key) FROM interactions") == [(0,)]


def test_kinds_are_of_the_vocabulary(ask: Ask) -> None:
    kinds = {kind for (kind,) in ask("SELECT DISTINCT kind FROM interactions")}
    assert kinds <= set(known_kinds())
    assert len(kinds) == 24


def test_nothing_lies_outside_the_two_years(ask: Ask) -> None:
    assert ask("SELECT min(m), max(m) FROM told") == [(0, 23)]


def test_nobody_acts_before_their_first_day(ask: Ask) -> None:
    early = """SELECT count(*) FROM told JOIN customers AS c ON c.key = told.customer
               WHERE told.occurred_at::date < c.since"""
    assert ask(early) == [(0,)]


def test_every_customer_key_is_known_or_a_guest_resolved(ask: Ask) -> None:
    strangers = """SELECT count(*) FROM told WHERE customer IS NOT NULL
                   AND customer NOT IN (SELECT key FROM customers)"""
    assert ask(strangers) == [(0,)]
    twice = "SELECT count(DISTINCT customer) FROM interactions WHERE customer LIKE 'email:%'"
    assert ask(twice)[0][0] > 500


def test_scores_lie_on_their_scales(ask: Ask) -> None:
    for scale, score in ask("SELECT DISTINCT scale, score FROM told WHERE score IS NOT NULL"):
        assert SCALES[scale].holds(score), (scale, score)


def test_money_has_a_currency_and_nothing_else_has(ask: Ask) -> None:
    query = "SELECT DISTINCT currency, amount IS NULL FROM told ORDER BY 2"
    assert ask(query) == [("EUR", False), (None, True)]


def test_refunds_never_exceed_their_order(ask: Ask) -> None:
    wrong = """SELECT count(*) FROM (SELECT thread, sum(amount) AS left FROM told
               WHERE kind IN ('order.completed', 'order.refunded') GROUP BY thread)
               WHERE "left" < 0"""
    assert ask(wrong) == [(0,)]
    assert ask("SELECT max(amount) < 0 FROM told WHERE kind = 'order.refunded'") == [(True,)]


def test_answers_follow_an_opening_and_an_invitation_of_the_same_person(ask: Ask) -> None:
    wrong = """SELECT count(*) FROM told AS a WHERE a.kind = 'survey.answered' AND NOT EXISTS (
                 SELECT 1 FROM told AS o JOIN told AS i USING (thread)
                 WHERE o.thread = a.thread AND o.kind = 'survey.opened'
                 AND i.kind = 'survey.invited' AND i.occurred_at < o.occurred_at
                 AND o.occurred_at < a.occurred_at AND i.customer = a.customer)"""
    assert ask(wrong) == [(0,)]


def test_an_item_is_answered_once_in_a_questionnaire(ask: Ask) -> None:
    twice = """SELECT count(*) FROM (SELECT 1 FROM told WHERE kind = 'survey.answered'
               GROUP BY thread, item HAVING count(*) > 1)"""
    assert ask(twice) == [(0,)]


def test_relational_invitations_come_once_each_half_year(ask: Ask) -> None:
    often = """SELECT count(*) FROM (SELECT 1 FROM told WHERE kind = 'survey.invited'
               AND programme = 'relational' GROUP BY customer, m // 6 HAVING count(*) > 1)"""
    assert ask(often) == [(0,)]


def test_replies_follow_what_was_asked(ask: Ask) -> None:
    first = """SELECT count(*) FROM (SELECT thread,
                 min(occurred_at) FILTER (WHERE kind = 'message.received') AS asked,
                 min(occurred_at) FILTER (WHERE kind = 'message.sent') AS replied
               FROM told WHERE kind LIKE 'message.%' GROUP BY thread)
               WHERE asked IS NULL OR replied <= asked"""
    assert ask(first) == [(0,)]


def test_people_reply_in_opening_hours_only(ask: Ask) -> None:
    outside = """SELECT count(*) FROM told WHERE kind = 'message.sent' AND NOT automated
                 AND (dayofweek(occurred_at) = 0 OR hour(occurred_at) NOT BETWEEN 8 AND 18)"""
    assert ask(outside) == [(0,)]
    asked = """SELECT avg((hour(occurred_at) NOT BETWEEN 8 AND 17)::int) FROM told
               WHERE kind = 'message.received' AND channel = 'email'"""
    assert ask(asked)[0][0] > 0.15


def test_contracts_run_one_at_a_time_and_end_after_they_began(ask: Ask) -> None:
    wrong = """SELECT count(*) FROM (SELECT thread, count(DISTINCT customer) AS people,
                 count(*) FILTER (WHERE kind = 'contract.started') AS started,
                 count(*) FILTER (WHERE kind = 'contract.ended') AS ended,
                 arg_min(kind, occurred_at) AS first, arg_max(kind, occurred_at) AS last
               FROM told WHERE kind LIKE 'contract.%' GROUP BY thread)
               WHERE people <> 1 OR started <> 1 OR ended > 1 OR first <> 'contract.started'
                  OR (ended = 1 AND last <> 'contract.ended')"""
    assert ask(wrong) == [(0,)]


def test_every_promise_is_kept_or_broken_at_most_once(ask: Ask) -> None:
    wrong = """SELECT count(*) FROM (SELECT
                 count(*) FILTER (WHERE kind = 'promise.made') AS made,
                 count(*) FILTER (WHERE kind IN ('promise.kept', 'promise.broken')) AS settled
               FROM told WHERE kind LIKE 'promise.%' GROUP BY thread)
               WHERE made <> 1 OR settled > 1"""
    assert ask(wrong) == [(0,)]


def test_a_promise_is_broken_where_the_delivery_came_after_the_promised_day(ask: Ask) -> None:
    wrong = """SELECT count(*) FROM told AS p JOIN told AS d USING (thread)
               WHERE p.kind IN ('promise.kept', 'promise.broken') AND d.kind = 'order.delivered'
               AND (d.occurred_at::date > (d.properties->>'promised_day')::date)
                   <> (p.kind = 'promise.broken')"""
    assert ask(wrong) == [(0,)]


def test_employees_act_only_while_they_work_here(ask: Ask) -> None:
    wrong = """SELECT count(*) FROM told JOIN employees AS e ON e.key = told.employee
               WHERE told.kind LIKE 'order.%' AND (told.occurred_at::date < e.hired
               OR told.occurred_at::date > e."left")"""
    assert ask(wrong) == [(0,)]


def test_units_form_one_tree_that_holds_every_unit_named(ask: Ask) -> None:
    assert ask("SELECT key FROM units WHERE parent IS NULL") == [("trapperloo",)]
    loose = "SELECT count(*) FROM units WHERE parent NOT IN (SELECT key FROM units)"
    assert ask(loose) == [(0,)]
    named = "SELECT count(*) FROM told WHERE unit NOT IN (SELECT key FROM units)"
    assert ask(named) == [(0,)]


def test_texts_name_their_language_and_come_in_four(ask: Ask) -> None:
    assert ask("SELECT DISTINCT text IS NULL, language IS NULL FROM told ORDER BY 1") == [
        (False, False),
        (True, True),
    ]
    shares = dict(ask("SELECT language, count(*) FROM told WHERE text IS NOT NULL GROUP BY 1"))
    assert set(shares) == {"de", "en", "fr", "nl"}
    assert max(shares, key=shares.__getitem__) == "en"


def test_about_one_in_twenty_customers_belongs_to_a_business(ask: Ask) -> None:
    share = ask("SELECT avg((account IS NOT NULL)::int) FROM customers")[0][0]
    assert 0.04 < share < 0.06


def test_customers_hold_traits_and_consents_as_json(ask: Ask) -> None:
    query = """SELECT DISTINCT json_extract_string(traits, '$.segment') FROM customers ORDER BY 1"""
    found = [segment for (segment,) in ask(query)]
    assert found == ["business", "commuter", "family", "senior", "sport", "student"]
    granted = "SELECT avg((consents->>'$[0].status' = 'granted')::int) FROM customers"
    assert 0.8 < ask(granted)[0][0] < 0.84
