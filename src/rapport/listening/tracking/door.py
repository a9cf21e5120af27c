"""`POST /v1/batch` as a plain WSGI callable, in front of the pages in the same process.

Invariants: 200 means that every item was stored, known before, or kept as rejected with its reason,
and that this is on the disk. Any other status means that nothing of the request was stored. Every
answer is JSON that says what to do; none is a traceback.
"""

import base64
import binascii
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec

from rapport.kernel.errors import ForbiddenError, InputError, RapportError, StoreError
from rapport.listening.tracking.gathering import Fate
from rapport.listening.tracking.parcels import (
    BODY_BYTES,
    Parcel,
    TooLargeError,
    read_head,
    read_parcel,
    unpacked,
)
from rapport.listening.tracking.wire import Head

PATH = "/v1/batch"
RETRY_SECONDS = "2"
Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
_LOG = logging.getLogger(__name__)


class Keys(Protocol):
    """Knows the tracking keys."""

    def source(self, secret: str) -> str | None:
        """The source that a key stands for; None for an unknown or revoked one."""


class MethodError(InputError):
    """Another method than POST."""


_STATUS: tuple[tuple[type[Exception], str], ...] = (
    (TooLargeError, "413 Content Too Large"),
    (MethodError, "405 Method Not Allowed"),
    (ForbiddenError, "401 Unauthorized"),
    (InputError, "400 Bad Request"),
)
_MORE: dict[str, list[tuple[str, str]]] = {
    "401": [("WWW-Authenticate", 'Basic realm="tracking"')],
    "405": [("Allow", "POST")],
    "413": [("Connection", "close")],
    "503": [("Retry-After", RETRY_SECONDS)],
}


class Door:
    """Answers PATH and lets everything else through.

    Args:
        behind: the application behind the door.
        keys: the tracking keys.
        put: stores a parcel durably.
    """

    def __init__(self, behind: Application, keys: Keys, put: Callable[[Parcel], Fate]) -> None:
        self._behind = behind
        self._keys = keys
        self._put = put
        self._noted = ""

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """One request."""
        if environ.get("PATH_INFO") != PATH:
            return self._behind(environ, start)
        try:
            status, told = "200 OK", self._take(environ)
            self._noted = ""
        except StoreError as error:
            status, told = _AWAY, dict(_AWAY_TOLD)
            self._note(str(error))
        except RapportError as error:
            status = next((text for kind, text in _STATUS if isinstance(error, kind)), _FAULT)
            told = _as_told(error)
        except Exception:  # noqa: BLE001 - no traceback for strangers; the log has it
            _LOG.exception("A request could not be answered")
            status, told = _FAULT, dict(_FAULT_TOLD)
        return _answer(start, status, told)

    def _note(self, trouble: str) -> None:
        """Say in the log, once, what is wrong with the store; a sender need not know its place."""
        if trouble != self._noted:
            _LOG.warning("Events are turned away: %s", trouble)
        self._noted = trouble

    def _take(self, environ: Environ) -> dict[str, Any]:
        if environ["REQUEST_METHOD"] != "POST":
            raise MethodError(
                "The door takes POST only", got=environ["REQUEST_METHOD"], expected=f"POST {PATH}"
            )
        received = time.time_ns() // 1000
        named = _named_key(environ.get("HTTP_AUTHORIZATION", ""))
        source = self._source(named) if named else None
        body = unpacked(_body(environ), environ.get("HTTP_CONTENT_ENCODING", "").strip().lower())
        head: Head = read_head(body)
        if source is None:
            source = self._source(head.writeKey)
        parcel = read_parcel(head, len(body), source, received)
        return _counts(parcel, self._put(parcel) if parcel.count else Fate(0, 0, ()))

    def _source(self, key: str | None) -> str:
        found = self._keys.source(key) if key else None
        if found is None:
            raise ForbiddenError(
                "The tracking key is missing, unknown or revoked",
                expected="Basic auth with the key as user name, Bearer, or `writeKey` in the body",
                hint="Make one with `rapport key add NAME`.",
            )
        return found


_AWAY = "503 Service Unavailable"
_AWAY_TOLD = {
    "success": False,
    "message": "Events cannot be stored just now: too many wait, or the store is away",
    "hint": "Send the same again: what was stored is not stored twice. The server's log says more.",
}
_FAULT = "500 Internal Server Error"
_FAULT_TOLD = {
    "success": False,
    "message": "Something went wrong here. Nothing of the request was stored.",
    "hint": "Send it again; the log of the server says what happened.",
}


def _named_key(header: str) -> str | None:
    """The key that a header of authorisation names."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return "?"


def _body(environ: Environ) -> bytes:
    """The body, never more than BODY_BYTES of it."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length and not (length.isascii() and length.isdigit()):
        raise InputError("Content-Length is no number", got=length[:20])
    said = int(length) if length else None
    if said is None or said <= BODY_BYTES:
        found: bytes = environ["wsgi.input"].read(BODY_BYTES + 1 if said is None else said)
        if said is not None and len(found) < said:
            raise InputError("The body ended early", got=len(found), expected=f"{said} bytes")
        if len(found) <= BODY_BYTES:
            return found
    raise TooLargeError(
        "The batch is too large",
        got=said or "more",
        expected=f"at most {BODY_BYTES} bytes",
        hint="Send smaller batches.",
    )


def _counts(parcel: Parcel, fate: Fate) -> dict[str, Any]:
    return {
        "success": True,
        "received": parcel.count,
        "stored": fate.stored,
        "duplicate": fate.duplicate,
        "rejected": [
            {
                "index": one.line,
                "field": one.field,
                "got": one.got,
                "expected": one.expected,
                "reason": one.reason,
            }
            for one in fate.rejected
        ],
    }


def _as_told(error: RapportError) -> dict[str, Any]:
    told = {
        "message": error.message,
        "got": None if error.got is None else str(error.got),
        "expected": None if error.expected is None else str(error.expected),
        "hint": error.hint,
    }
    return {"success": False, **{name: value for name, value in told.items() if value is not None}}


def _answer(start: Start, status: str, told: dict[str, Any]) -> list[bytes]:
    body = msgspec.json.encode(told)
    head = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start(status, head + _MORE.get(status[:3], []))
    return [body]
