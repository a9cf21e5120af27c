"""An older backup brings people back; the log beside the database takes them out again."""

import shutil

from rapport.ledger.api import DELETE, create_ledger, verify
from rapport.privacy.api import (
    erase_customer,
    erase_employee,
    erase_nameless,
    reapply_erasures,
    welcome_customer,
)

from .conftest import KNOWN, ORDERS, OWNER, PEOPLE, SOLD, Store


def restored(store: Store) -> Store:
    """The store as its oldest backup has it, with today's log and key beside it."""
    home = store.folder / "restored"
    shutil.copytree(store.folder / "backup", home)
    for name in ("erased.log", "erased.key"):
        shutil.copy(store.ledger.home / name, home / name)
    return Store(create_ledger(home), store.folder)


def backup(store: Store) -> None:
    shutil.copytree(store.ledger.home, store.folder / "backup")


WHO = "SELECT customer, count(*), count(text) FROM stored GROUP BY ALL ORDER BY ALL"


def test_whoever_was_erased_is_erased_again(store: Store) -> None:
    backup(store)
    erase_customer(store.ledger, "ana", how=DELETE, actor=OWNER)
    again = restored(store)
    assert len(again.ask(WHO)) == 3
    assert len(reapply_erasures(again.ledger)) > 0
    assert again.ask(WHO) == [("ben", 1, 1)]
    assert reapply_erasures(again.ledger) == []
    assert again.take(SOLD, ORDERS).receipt.stored == 0
    assert [proof.name for proof in verify(again.ledger) if not proof.holds] == []


def test_employees_and_the_nameless_are_erased_again(store: Store) -> None:
    store.take(SOLD.replace("ana", ""), ORDERS.replace("shop", "form") + 'thread = "note"\n')
    backup(store)
    erase_employee(store.ledger, "s1", actor=OWNER)
    erase_nameless(store.ledger, threads=["n1"], how=DELETE, actor=OWNER)
    again = restored(store)
    reapply_erasures(again.ledger)
    assert again.ask("SELECT count(*) FROM stored WHERE employee = 's1'") == [(0,)]
    assert again.ask("SELECT count(*) FROM stored WHERE thread = 'n1'") == [(0,)]


def test_a_store_that_is_up_to_date_is_left_alone(store: Store) -> None:
    erase_customer(store.ledger, "ana", actor=OWNER)
    assert reapply_erasures(store.ledger) == []


def test_somebody_who_comes_back_is_let_in_and_the_past_stays_erased(store: Store) -> None:
    backup(store)
    erase_customer(store.ledger, "ana", how=DELETE, actor=OWNER)
    assert welcome_customer(store.ledger, ["ana", "email:ana@x.example"], actor=OWNER) == 3
    new = "when,who,staff,what,words,note\n2025-07-01T10:00,ana,s1,cup,I am back,n9\n"
    assert store.take(new, ORDERS).receipt.stored == 1
    assert store.take(SOLD, ORDERS).receipt.stored == 0
    assert store.take(KNOWN, PEOPLE).receipt.stored == 1
    again = restored(store)
    reapply_erasures(again.ledger)
    assert again.ask(WHO) == [("ben", 1, 1)]
    assert again.take(new, ORDERS).receipt.stored == 1
