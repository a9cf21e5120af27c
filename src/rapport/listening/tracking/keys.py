"""Tracking keys: made, listed, revoked, and recognised by their hash."""

import secrets
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DatabaseError, connection

from rapport.kernel.errors import InputError, NotFoundError, StoreError, did_you_mean
from rapport.office.api import (
    Act,
    Actor,
    as_moment,
    as_stored,
    digest_of,
    one_transaction,
    require,
    write_line,
)

# What a secret begins with, so that people and scanners recognise one that leaked.
PREFIX = "rapport_"
_SECRET_BYTES = 24
_LONGEST = 255
# A revoked key may still be taken for so long by a server that runs.
FRESH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class TrackingKey:
    """A key as it is listed; what opens the door is not kept.

    Attributes:
        name: the source of the interactions that come in by it.
        made_at, revoked_at: UTC.
    """

    name: str
    made_at: datetime
    revoked_at: datetime | None


def add_tracking_key(name: str, *, actor: Actor) -> str:
    """Make a key; gives its secret, which is kept nowhere.

    Raises:
        ForbiddenError: the actor may not.
        InputError: the name is empty, too long or taken (also by a revoked key: interactions of
            two systems must not be mistaken for each other's).
    """
    require(actor, "add_tracking_key")
    if not name.strip() or len(name) > _LONGEST or not name.isprintable():
        raise InputError(
            "A tracking key is named after the system that sends",
            got=name[:_LONGEST],
            expected=f"1 to {_LONGEST} printable characters, such as shop",
        )
    secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    with one_transaction():
        if name in {key.name for key in tracking_keys()}:
            raise InputError(f"There is a tracking key {name!r} already", hint="Name another.")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO listening_trackingkey (name, digest, made_at, revoked_at) "
                "VALUES (%s, %s, %s, NULL)",
                (name, digest_of(secret), as_stored(datetime.now(UTC))),
            )
        write_line(actor, Act("add_tracking_key", "tracking key", name))
    return secret


def revoke_tracking_key(name: str, *, actor: Actor) -> None:
    """Let a key open nothing from now on; servers that run notice within FRESH_SECONDS.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such key.
        InputError: it was revoked before.
    """
    require(actor, "revoke_tracking_key")
    with one_transaction():
        keys = {key.name: key for key in tracking_keys()}
        if name not in keys:
            raise NotFoundError(f"There is no tracking key {name!r}", hint=did_you_mean(name, keys))
        if keys[name].revoked_at is not None:
            raise InputError(f"The tracking key {name!r} was revoked before")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE listening_trackingkey SET revoked_at = %s WHERE name = %s",
                (as_stored(datetime.now(UTC)), name),
            )
        write_line(actor, Act("revoke_tracking_key", "tracking key", name))


def tracking_keys() -> list[TrackingKey]:
    """All keys by name, revoked ones too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, made_at, revoked_at FROM listening_trackingkey ORDER BY name")
        found = cursor.fetchall()
    return [TrackingKey(name, as_moment(made), as_moment(revoked)) for name, made, revoked in found]


class KnownKeys:
    """The keys that are not revoked, asked for again when they are FRESH_SECONDS old."""

    def __init__(self) -> None:
        self._sources: dict[str, str] = {}
        self._asked_at = -FRESH_SECONDS
        self._asking = threading.Lock()

    def source(self, secret: str) -> str | None:
        """The source that a secret stands for; None for an unknown or revoked one.

        Raises:
            StoreError: the keys cannot be read.
        """
        if time.monotonic() - self._asked_at >= FRESH_SECONDS:
            with self._asking:
                if time.monotonic() - self._asked_at >= FRESH_SECONDS:
                    self._sources = _living()
                    self._asked_at = time.monotonic()
        return self._sources.get(digest_of(secret))


def _living() -> dict[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT digest, name FROM listening_trackingkey WHERE revoked_at IS NULL"
            )
            return dict(cursor.fetchall())
    except DatabaseError as error:
        raise StoreError("The tracking keys cannot be read", got=str(error)) from error
    finally:
        # No request of Django's will tidy up here.
        if not connection.in_atomic_block:
            connection.close()
