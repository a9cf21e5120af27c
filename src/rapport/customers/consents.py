"""What a customer allowed or refused, taken down as they say it. The history is never rewritten."""

from datetime import UTC, datetime, timedelta

from rapport.customers.cells import read_consent
from rapport.customers.merges import active_merges, customer_named, final
from rapport.customers.tables import CONSENTS
from rapport.kernel.errors import InputError
from rapport.office.api import (
    Act,
    Actor,
    CellError,
    Slate,
    as_stored,
    one_transaction,
    read_text,
    require,
    write_line,
)

_CLOCK_SLACK = timedelta(days=1)


def record_consent(
    name: str,
    scope: str,
    status: str,
    *,
    actor: Actor,
    at: datetime | None = None,
    source: str = "",
    text_version: str = "",
) -> None:
    """Add to the history what a customer says about one use of their data.

    Args:
        name: key or identifier of the customer.
        scope: what it is about ("newsletter").
        status: granted, denied or revoked; also yes and no.
        actor: who takes it down.
        at: when they said it; now when not said.
        source: where they said it.
        text_version: of the words they were shown.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such customer; names the nearest.
        InputError: the scope is empty, the status is none, the moment is yet to come, or they said
            something else at that very moment.
    """
    require(actor, "record_consent")
    told = _read(scope, status)
    now = datetime.now(UTC)
    if at is not None and at > now + _CLOCK_SLACK:
        raise InputError(
            "Nobody has said this yet", got=at.isoformat(), expected="a moment that has been"
        )
    with one_transaction():
        key = final(customer_named(name), active_merges())
        history = Slate(CONSENTS, [key])
        row = (key, told[0], as_stored(at or now), told[1], _text(source), _text(text_version))
        known = history.rows.get(row[:3])
        if known is not None and known != row:
            raise InputError(
                "They said something else about it at that very moment",
                got=told[1],
                expected=f"{known[3]}, as stored, or another moment",
            )
        history.put(row)
        history.save(None)
        write_line(actor, Act("record_consent", "consent", "", {"status": told[1]}))


def _read(scope: str, status: str) -> tuple[str, str]:
    try:
        about, said = read_text(scope), read_consent(status)
    except CellError as error:
        raise InputError(
            "This is no word on a consent", got=error.got, expected=error.expected
        ) from None
    if about is None or said is None:
        raise InputError("A consent says what it is about, and yes or no")
    return about, said


def _text(value: str) -> str:
    try:
        return read_text(value) or ""
    except CellError as error:
        raise InputError(
            "This text cannot be kept", got=error.got, expected=error.expected
        ) from None
