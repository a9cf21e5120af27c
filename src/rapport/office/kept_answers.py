"""Answers kept for a day, so that a request that is sent again is not done again.

A program gives each request a key of its own. The key is taken before the request is done and its
answer is kept after; in between, or where the program was killed in between, it is said that
nobody knows how it ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError

from rapport.office.tables import as_stored, one_transaction, query

KEPT_HOURS = 24
_RUNNING = 0

_FIND = "SELECT digest, status, body FROM office_keptanswer WHERE user_id = %s AND key = %s"
_TAKE = """
    INSERT INTO office_keptanswer (user_id, key, digest, status, body, at)
    VALUES (%s, %s, %s, 0, NULL, %s)
"""
_KEEP = "UPDATE office_keptanswer SET status = %s, body = %s WHERE user_id = %s AND key = %s"
_DROP = "DELETE FROM office_keptanswer WHERE user_id = %s AND key = %s"
_SWEEP = "DELETE FROM office_keptanswer WHERE at < %s"
_BODIES = "SELECT id, body FROM office_keptanswer WHERE body IS NOT NULL"
_EMPTY = "UPDATE office_keptanswer SET body = NULL WHERE id = %s"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What is known of an earlier request of the same key.

    Attributes:
        digest: of that request.
        status: it was answered with; None while it runs, or where it was killed.
        body: of the answer; None where it was not kept or was erased.
    """

    digest: str
    status: int | None
    body: str | None


def take_key(user: int, key: str, digest: str) -> KeptAnswer | None:
    """Take a key for a request; what is known of an earlier one where it is taken already."""
    try:
        with one_transaction():
            query(_TAKE, user, key, digest, as_stored(datetime.now(UTC)))
    except IntegrityError:
        found = query(_FIND, user, key)
        if not found:  # it was given back just now
            return KeptAnswer(digest, None, None)
        known, status, body = found[0]
        return KeptAnswer(known, None if status == _RUNNING else status, body)
    return None


def keep_answer(user: int, key: str, status: int, body: str | None) -> None:
    """Keep the answer to a request; without its body where that may not be kept."""
    query(_KEEP, status, body, user, key)


def give_back_key(user: int, key: str) -> None:
    """Let a key go whose request changed nothing."""
    query(_DROP, user, key)


def sweep_answers() -> None:
    """Forget answers that are older than KEPT_HOURS."""
    query(_SWEEP, as_stored(datetime.now(UTC) - timedelta(hours=KEPT_HOURS)))


def forget_answers(spellings: Iterable[str]) -> int:
    """Empty the answers that name somebody; how many. That the request was done stays known."""
    wanted = [spelling for spelling in spellings if spelling]
    named = [
        number for number, body in query(_BODIES) if any(one in _plain(body) for one in wanted)
    ]
    for number in named:
        query(_EMPTY, number)
    return len(named)


def _plain(body: str) -> str:
    """JSON with the two letters back that it may write otherwise."""
    return body.replace('\\"', '"').replace("\\\\", "\\")
