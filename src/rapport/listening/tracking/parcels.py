"""What a request brings: rows that are ready for intake, and items that are at fault already."""

import gzip
import io
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from rapport.kernel.errors import InputError
from rapport.ledger.api import Rejection, shorten
from rapport.listening.tracking.clocks import skew
from rapport.listening.tracking.items import Arrival, Fault, Row, read_item
from rapport.listening.tracking.wire import Head, as_head

BODY_BYTES = 500 * 1024
ITEMS = 5_000


class TooLargeError(InputError):
    """A request beyond the limits of the door."""


@dataclass(slots=True)
class Parcel:
    """The items of a request.

    Attributes:
        source: of the tracking key.
        count: how many items came.
        size: bytes of the request.
        rows: those that can go through intake, and `places`, their places among the items.
        raws: all items as they came.
        rejected: items at fault, by place.
    """

    source: str
    size: int
    raws: list[bytes]
    rows: list[Row] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many items came."""
        return len(self.raws)


def read_head(body: bytes) -> Head:
    """The request without its items' contents.

    Raises:
        InputError: it is no JSON, or no request of ours.
        TooLargeError: it has too many items.
    """
    try:
        head = as_head.decode(body)
    except msgspec.ValidationError as error:
        raise InputError(
            "The request is not what the door expects",
            got=str(error),
            expected='{"batch": [ ... ], "sentAt": "..."}',
        ) from None
    except (msgspec.DecodeError, RecursionError) as error:
        head = _in_pieces(body, error)
    if len(head.batch) > ITEMS:
        raise TooLargeError(
            "The batch has too many items", got=len(head.batch), expected=f"at most {ITEMS}"
        )
    return head


_PIECES = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_BATCH = re.compile(rb'"batch"\s*:\s*\[')


def _in_pieces(body: bytes, error: Exception) -> Head:
    """A request of which some item is no JSON: cut at the commas, so that its neighbours pass."""
    begin = _BATCH.search(body)
    if begin is None:
        raise _no_json(error)
    level, start, items = 1, begin.end(), list[bytes]()
    for sign in _PIECES.finditer(body, start):
        first = sign[0][:1]
        level += (first in b"[{") - (first in b"]}")
        if level == 0 or (level == 1 and first == b","):
            items.append(body[start : sign.start()].strip())
            start = sign.end()
        if level == 0:
            break
    else:
        raise _no_json(error)
    try:
        head = as_head.decode(body[: begin.end()] + body[start - 1 :])
    except (msgspec.DecodeError, RecursionError) as other:
        raise _no_json(other) from None
    head.batch = [msgspec.Raw(item) for item in items]
    return head


def _no_json(error: Exception) -> InputError:
    return InputError(
        "The request is no JSON", got=shorten(error), expected='{"batch": [ ... ], "sentAt": "..."}'
    )


def read_parcel(head: Head, size: int, source: str, received: int) -> Parcel:
    """The items of a request as rows; none of them can fail another."""
    arrival = Arrival(source, received, skew(head.sentAt, received), head.context)
    parcel = Parcel(source, size, [bytes(raw) for raw in head.batch])
    seen: Counter[bytes] = Counter()

    def nth(raw: bytes) -> int:
        seen[raw] += 1
        return seen[raw]

    for place, raw in enumerate(parcel.raws):
        try:
            parcel.rows.append(read_item(raw, arrival, nth))
            parcel.places.append(place)
        except Fault as fault:
            parcel.rejected.append(_rejection(place, raw, fault))
    return parcel


def _rejection(place: int, raw: bytes, fault: Fault) -> Rejection:
    return Rejection(
        place, fault.reason, fault.field, shorten(fault.got), fault.expected, text_of(raw)
    )


def text_of(raw: bytes) -> str:
    """The item as text, whatever its bytes are."""
    return raw.decode("utf-8", "backslashreplace")


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its compression, never more than BODY_BYTES of it.

    Raises:
        InputError: it is compressed in a way we do not read, or damaged.
        TooLargeError: there is more in it.
    """
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise InputError("The body is compressed in an unknown way", got=encoding, expected="gzip")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            found = file.read(BODY_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError("The body is no gzip", got=shorten(error), expected="gzip") from None
    if len(found) > BODY_BYTES:
        raise TooLargeError(
            "The batch is too large", got="more", expected=f"at most {BODY_BYTES} bytes unpacked"
        )
    return found
