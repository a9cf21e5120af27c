"""How long interactions are kept: whole months, whole threads, and the figures as before."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rapport.kernel.errors import ForbiddenError, InputError
from rapport.ledger.api import verify
from rapport.office.api import Actor
from rapport.privacy.api import retain, rules_of

from .conftest import OWNER, Store

NOW = datetime(2025, 6, 15, tzinfo=UTC)
CHAT = """
source = "chat"
[fields]
occurred_at = "when"
customer = "who"
thread = "talk"
text = "words"
kind = "what"
"""
TALKS = (
    "when,who,talk,what,words\n"
    "2025-01-31T10:00,ana,t1,message.received,help\n"
    "2025-01-31T10:05,ana,t1,message.sent,yes\n"
    "2025-01-30T10:00,ana,t2,message.received,again\n"
    "2025-05-02T10:00,ana,t2,message.sent,later\n"
    "2025-02-03T10:00,ana,,message.received,alone\n"
)
COUNTS = "SELECT month, week, day, kind, count(*) FROM stored GROUP BY ALL ORDER BY ALL"


def rule(store: Store, text: str) -> None:
    (store.ledger.home / "retention.toml").write_text(text, "utf-8")


@pytest.fixture
def talks(store: Store) -> Store:
    store.take(TALKS, CHAT)
    return store


def test_old_interactions_lose_whom_they_were_with(talks: Store) -> None:
    rule(talks, '[[rule]]\nsource = "chat"\nmonths = 4\n')
    before = talks.ask(COUNTS)
    assert retain(talks.ledger, actor=OWNER, now=NOW) == [2]
    assert talks.ask(COUNTS) == before
    kept = "SELECT text FROM stored WHERE source = 'chat' AND text IS NOT NULL ORDER BY text"
    assert talks.ask(kept) == [("again",), ("alone",), ("later",)]
    waited = "SELECT max(t) - min(t) FROM stored WHERE starts_with(thread, 'erased:')"
    assert talks.ask(waited) == [(5 * 60 * 1_000_000,)]
    assert [proof.name for proof in verify(talks.ledger) if not proof.holds] == []


def test_a_month_later_the_next_month_goes(talks: Store) -> None:
    rule(talks, '[[rule]]\nsource = "chat"\nmonths = 4\n')
    retain(talks.ledger, actor=OWNER, now=NOW)
    assert retain(talks.ledger, actor=OWNER, now=NOW.replace(month=7)) == [1]


def test_keeping_the_rules_again_finds_nothing(talks: Store) -> None:
    rule(talks, '[[rule]]\nkind = "message.received"\nmonths = 1\n')
    assert retain(talks.ledger, actor=OWNER, now=NOW) == [3]
    assert retain(talks.ledger, actor=OWNER, now=NOW) == [0]


def test_a_rule_may_delete(talks: Store) -> None:
    rule(talks, '[[rule]]\nsource = "chat"\nmonths = 1\nthen = "delete"\n')
    assert retain(talks.ledger, actor=OWNER, now=NOW) == [3]
    left = talks.ask("SELECT count(*) FROM stored WHERE source = 'chat'")
    assert left == [(2,)], "a thread that is still going stays whole"


def test_what_went_does_not_come_in_again(talks: Store) -> None:
    rule(talks, '[[rule]]\nsource = "chat"\nmonths = 4\n')
    retain(talks.ledger, actor=OWNER, now=NOW)
    again = talks.take(TALKS + " ", CHAT).receipt
    assert (again.stored, again.duplicate, again.rejected) == (0, 3, 2)


def test_without_rules_everything_is_kept(store: Store) -> None:
    assert rules_of(store.ledger.home) == ()
    assert retain(store.ledger, actor=OWNER) == []


WRONG = [
    ("months = 3", "nothing says which"),
    ('kind = "order.complete"\nmonths = 3', "Did you mean order.completed"),
    ('source = "chat"\nmonths = 0', "how long"),
    ('source = "chat"\nmonths = 3\nthen = "hide"', "then what"),
    ('source = "chat"\nmonth = 3', "Did you mean months"),
    ("months = ", "not TOML"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_wrong_rule_says_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "retention.toml").write_text(f"[[rule]]\n{text}\n", "utf-8")
    with pytest.raises(InputError, match=told):
        rules_of(tmp_path)


def test_an_agent_may_not_keep_the_rules(store: Store) -> None:
    with pytest.raises(ForbiddenError):
        retain(store.ledger, actor=Actor("person:2", frozenset({"agent"})))
