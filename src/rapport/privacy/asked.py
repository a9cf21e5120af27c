"""The requests for erasure as rows: read, and emptied when the person goes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapport.kernel.errors import NotFoundError
from rapport.office.api import Row, as_moment, query
from rapport.privacy.people import Person

ASKED, APPROVED, DECLINED, DONE = "asked", "approved", "declined", "done"
_COLUMNS = "id, customer, reason, how, state, asked_by, asked_at, decided_by, decided_at, due_at"
_FORGET = "UPDATE privacy_erasurerequest SET customer = NULL, reason = '', state = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """One request, as `models.ErasureRequest` keeps it; moments are UTC."""

    number: int
    customer: str | None
    reason: str
    how: str
    state: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    due_at: datetime | None


def requests() -> list[ErasureRequest]:
    """All requests, those that wait first, then the latest."""
    rows = query(f"SELECT {_COLUMNS} FROM privacy_erasurerequest ORDER BY id DESC")
    found = [_request(row) for row in rows]
    return sorted(found, key=lambda one: one.state not in (ASKED, APPROVED))


def request_of(number: int) -> ErasureRequest:
    """One request.

    Raises:
        NotFoundError: there is none of that number.
    """
    rows = query(f"SELECT {_COLUMNS} FROM privacy_erasurerequest WHERE id = %s", number)
    if not rows:
        raise NotFoundError(f"There is no erasure request {number}")
    return _request(rows[0])


def requests_about(names: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was asked about a person, for the copy of their data."""
    for one in requests():
        if one.customer in names:
            told = {"asked_at": one.asked_at, "reason": one.reason, "how": one.how}
            yield "erasure request", {"customer": one.customer, **told, "state": one.state}


def forget_requests(person: Person) -> int:
    """Empty the requests about a person who is being erased; how many there were."""
    mine = [one for one in requests() if one.customer in {*person.names, *person.keys}]
    for one in mine:
        forget_request(one.number, one.state if one.state == DECLINED else DONE)
    return len(mine)


def forget_request(number: int, state: str) -> None:
    """Forget whom a request is about, and why."""
    query(_FORGET, state, number)


def _request(row: Row) -> ErasureRequest:
    number, name, reason, how, state, asked_by, asked_at, decided_by, decided_at, due_at = row
    return ErasureRequest(
        number,
        name,
        reason,
        how,
        state,
        asked_by,
        as_moment(asked_at),
        decided_by,
        as_moment(decided_at),
        as_moment(due_at),
    )
