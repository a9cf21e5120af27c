"""Erasure with a second pair of eyes: one asks, another approves or declines, the worker does it.

Where only one person may approve, their own word counts, and a wait of 24 hours stands in for the
second pair of eyes: until it is over they can still decline.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from rapport.customers.api import has_interactions
from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.ledger.api import Ledger
from rapport.office.api import (
    Act,
    Actor,
    as_stored,
    one_transaction,
    query,
    require,
    users_who_may,
    write_line,
)
from rapport.privacy.asked import (
    APPROVED,
    ASKED,
    DECLINED,
    DONE,
    ErasureRequest,
    forget_request,
    request_of,
)
from rapport.privacy.people import customer
from rapport.privacy.verbs import HOW, Erased, erase_person

WAIT = timedelta(hours=24)
_LONGEST_REASON = 2_000
_ASK = """
    INSERT INTO privacy_erasurerequest (customer, reason, how, state, asked_by, asked_at)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING id
"""
_DECIDE = """
    UPDATE privacy_erasurerequest SET state = %s, decided_by = %s, decided_at = %s, due_at = %s
    WHERE id = %s AND state IN ('asked', 'approved')
"""
_OPEN = "SELECT id FROM privacy_erasurerequest WHERE customer = %s AND state IN (%s, %s)"
_DUE = "SELECT id, customer, how FROM privacy_erasurerequest WHERE state = %s AND due_at <= %s"


def ask_erasure(ledger: Ledger, name: str, *, reason: str, how: str, actor: Actor) -> int:
    """Ask that a customer be erased; the number of the request.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: nobody is called so.
        InputError: no reason is given or it is too long, there is no such way to erase, or it was
            asked before and is not decided yet.
    """
    require(actor, "ask_erasure")
    why = reason.strip()
    if not why or len(why) > _LONGEST_REASON or "\0" in why:
        raise InputError(
            "Say why", got=f"{len(why)} characters", expected=f"1 to {_LONGEST_REASON}"
        )
    if how not in HOW:
        raise InputError("An erasure anonymises or deletes", got=how, expected=" or ".join(HOW))
    key = _key_of(ledger, name)
    with one_transaction():
        if query(_OPEN, key, ASKED, APPROVED):
            raise InputError(
                "This was asked before", hint="It waits for a decision or is on its way."
            )
        now = as_stored(datetime.now(UTC))
        number = int(query(_ASK, key, why, how, ASKED, actor.id, now)[0][0])
        write_line(actor, Act("ask_erasure", "erasure request", str(number), {"how": how}))
    return number


def approve_erasure(number: int, *, actor: Actor) -> ErasureRequest:
    """Approve a request of somebody else; one's own only where nobody else may, after a wait.

    Raises:
        ForbiddenError: the actor may not, or asked for it and somebody else may approve.
        NotFoundError: there is no such request.
        InputError: it was decided before.
    """
    require(actor, "approve_erasure")
    now = datetime.now(UTC)
    with one_transaction():
        request = _undecided(number, (ASKED,))
        alone = request.asked_by == actor.id
        if alone and users_who_may("approve_erasure") - {actor.id}:
            raise ForbiddenError(
                "Who asked for an erasure does not approve it",
                hint="Somebody else who may approve erasures sees it on the same page.",
            )
        due = now + WAIT if alone else now
        _decide(request, APPROVED, actor, now, due)
        act = Act("approve_erasure", "erasure request", str(number), {"alone": int(alone)})
        write_line(actor, act)
    return request_of(number)


def decline_erasure(number: int, *, actor: Actor) -> None:
    """Decline a request, also one that is approved and not carried out yet.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such request.
        InputError: it was declined or carried out before.
    """
    require(actor, "decline_erasure")
    with one_transaction():
        request = _undecided(number, (ASKED, APPROVED))
        _decide(request, DECLINED, actor, datetime.now(UTC), None)
        write_line(actor, Act("decline_erasure", "erasure request", str(number)))


def carry_out_erasures(ledger: Ledger) -> list[Erased]:
    """Erase whom approved requests are about, once they are due. Killed, it goes on next time."""
    found = []
    for number, name, how in query(_DUE, APPROVED, as_stored(datetime.now(UTC))):
        if name is not None and _is_known(ledger, name):
            found.append(erase_person(ledger, customer(name), how))
        forget_request(number, DONE)
    return found


def _key_of(ledger: Ledger, name: str) -> str:
    person = customer(name)
    if not person.keys and not _is_known(ledger, name):
        raise NotFoundError(f"There is no customer {name!r}")
    return person.keys[0] if person.keys else name


def _is_known(ledger: Ledger, name: str) -> bool:
    if customer(name).keys:
        return True
    with ledger.read() as snapshot:
        return has_interactions(snapshot, name)


def _undecided(number: int, states: Collection[str]) -> ErasureRequest:
    request = request_of(number)
    if request.state not in states:
        raise InputError(
            "This request was decided before", got=request.state, hint="Load the page again."
        )
    return request


def _decide(
    request: ErasureRequest, state: str, actor: Actor, now: datetime, due: datetime | None
) -> None:
    query(
        _DECIDE,
        state,
        actor.id,
        as_stored(now),
        None if due is None else as_stored(due),
        request.number,
    )
