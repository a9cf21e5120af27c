"""Erasing: asked for by a person, finished whatever happens in between.

The request is recorded first, with all names; then the names are suppressed, the registry's places
are walked, the names are forgotten, and the bytes of deleted rows are written over. Each step can
be done again, so an erasure that was killed goes on with `finish_erasures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from rapport.customers.api import has_interactions
from rapport.kernel.errors import InputError, NotFoundError
from rapport.ledger.api import (
    ANONYMISE,
    BEGUN,
    DELETE,
    SUPPRESSED_CUSTOMER,
    SUPPRESSED_EMPLOYEE,
    Erasure,
    Ledger,
    begin_erasure,
    end_erasure,
    forget_subject,
    ids_of_subject,
    new_token,
    open_erasures,
    reach,
    vacuum,
)
from rapport.office.api import (
    Act,
    Actor,
    accounts_of_employee,
    one_transaction,
    refuse_last_owner,
    require,
    write_line,
)
from rapport.privacy.people import (
    CUSTOMER,
    EMPLOYEE,
    NAMELESS,
    Person,
    customer,
    employee,
    nameless,
)
from rapport.privacy.places import Task, places
from rapport.privacy.records import VERB

_WAIT_SECONDS = 5.0
_ID_DIGITS = 32
HOW = (ANONYMISE, DELETE)


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did.

    Attributes:
        number: of the erasure, in the audit.
        gone: how many things went from each place of the registry.
        clean: whether replaced files and the bytes of deleted rows are gone too; if not, somebody
            still reads them, and the worker sees to it.
    """

    number: int
    gone: dict[str, int]
    clean: bool


def erase_customer(ledger: Ledger, name: str, *, how: str = ANONYMISE, actor: Actor) -> Erased:
    """Erase a customer under all their names.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: nobody is called so.
    """
    require(actor, VERB[CUSTOMER])
    person = customer(name)
    if not person.keys:
        with ledger.read() as snapshot:
            if not has_interactions(snapshot, name):
                raise NotFoundError(
                    f"There is no customer {name!r}", hint="Somebody erased is not known any more."
                )
    return _erase(ledger, person, how)


def erase_employee(ledger: Ledger, name: str, *, actor: Actor) -> Erased:
    """Erase an employee: a token takes their place; what they did for customers stays.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: nobody is called so.
    """
    require(actor, VERB[EMPLOYEE])
    person = employee(name)
    if not (person.keys or accounts_of_employee(person.names) or _took_part(ledger, name)):
        raise NotFoundError(f"There is no employee {name!r}")
    refuse_last_owner(person.names)
    return _erase(ledger, person, ANONYMISE)


def erase_nameless(
    ledger: Ledger,
    *,
    threads: Sequence[str] = (),
    ids: Sequence[str] = (),
    how: str = ANONYMISE,
    actor: Actor,
) -> Erased:
    """Erase what somebody said without a name, who can tell which answers were theirs.

    Args:
        ledger: that holds them.
        threads: questionnaires or conversations; only their rows without a customer go.
        ids: interactions, 32 hexadecimal digits each.
        how: anonymise or delete.
        actor: who does it.

    Raises:
        ForbiddenError: the actor may not.
        InputError: an id is none.
        NotFoundError: there is nothing of that kind.
    """
    require(actor, VERB[NAMELESS])
    person = nameless(tuple(threads), tuple(_checked(one) for one in ids))
    rows = ids_of_subject(ledger, person.subject())
    if not rows:
        raise NotFoundError(
            "There is no interaction without a customer of that thread or id",
            hint="For somebody whose name is known there is `rapport customer erase`.",
        )
    # No name keeps them out of a restored backup: their ids do.
    ledger.suppression.add_rows(rows, how)
    return _erase(ledger, person, how)


def _checked(identity: str) -> str:
    if len(identity) != _ID_DIGITS or not set(identity.lower()) <= set("0123456789abcdef"):
        raise InputError("This is no id of an interaction", got=identity, expected="32 digits")
    return identity.lower()


def welcome_customer(ledger: Ledger, names: Sequence[str], *, actor: Actor) -> int:
    """Let somebody in again who was erased and comes back; how many of the names were kept out.

    What they did before stays erased: those rows stay out by their ids.

    Raises:
        ForbiddenError: the actor may not.
    """
    require(actor, "welcome_customer")
    count = ledger.suppression.lift(SUPPRESSED_CUSTOMER, [*names, *_values(names)])
    with one_transaction():
        write_line(actor, Act("welcome_customer", "suppression", "", {"names": count}))
    return count


def _values(names: Sequence[str]) -> list[str]:
    """Identifiers without their namespace: files of people and other sources say them so."""
    return [value for name in names if (value := name.partition(":")[2])]


def _took_part(ledger: Ledger, name: str) -> bool:
    query = "SELECT 1 FROM stored WHERE employee = '" + name.replace("'", "''") + "' LIMIT 1"
    with ledger.read() as snapshot:
        return snapshot.sql(query).num_rows > 0


def erase_person(ledger: Ledger, person: Person, how: str) -> Erased:
    """Erase a customer whose erasure was asked for and approved (`requests`)."""
    return _erase(ledger, person, how)


def erase_again(ledger: Ledger, person: Person, how: str) -> Erased:
    """Erase somebody whom a restored backup has brought back: it was asked for and audited."""
    return _erase(ledger, person, how)


def _erase(ledger: Ledger, person: Person, how: str) -> Erased:
    if how not in HOW:
        raise InputError("An erasure anonymises or deletes", got=how, expected=" or ".join(HOW))
    subject = packed(Task(person, how, 0, new_token()))
    with ledger.hold("erasure"):
        number = begin_erasure(ledger.database, subject, how)
        reach("erasure.begun")
        return _finish(ledger, Erasure(number, subject, how, BEGUN, 0))


def packed(task: Task) -> str:
    """The task as text, for the record of the erasure."""
    return msgspec.json.encode(task).decode()


def finish_erasures(ledger: Ledger) -> list[Erased]:
    """Finish what a kill left open, and what somebody was still reading; else nothing."""
    if not open_erasures(ledger.database):
        return []
    with ledger.hold("erasure"):
        return [_finish(ledger, erasure) for erasure in open_erasures(ledger.database)]


def _finish(ledger: Ledger, erasure: Erasure) -> Erased:
    gone: dict[str, int] = {}
    if erasure.subject is not None:
        task = _task(erasure)
        _suppress(ledger, task)
        reach("erasure.suppressed")
        for place in places():
            gone[place.name] = place.erase(ledger, task)
            reach("erasure.place")
        forget_subject(ledger.database, erasure.number)
        reach("erasure.forgotten")
    # What somebody still reads goes with a later attempt.
    clean = not vacuum(ledger, wait_seconds=_WAIT_SECONDS).waiting and ledger.database.scrub()
    if clean:
        end_erasure(ledger.database, erasure.number)
    return Erased(erasure.number, gone, clean)


def _task(erasure: Erasure) -> Task:
    told = msgspec.json.decode(erasure.subject or "", type=Task)
    return Task(told.person, told.how, erasure.number, told.token)


def _suppress(ledger: Ledger, task: Task) -> None:
    person = task.person
    if person.what == EMPLOYEE:
        ledger.suppression.add_names(SUPPRESSED_EMPLOYEE, person.names, task.how)
    elif person.names:
        names = {*person.names, *person.values}
        ledger.suppression.add_names(SUPPRESSED_CUSTOMER, names, task.how)
