"""One item of a request becomes one interaction, or a fault that says what to mend."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from rapport.ledger.api import Reason, entry_of
from rapport.listening.tracking.clocks import LATEST, OLDEST, microseconds
from rapport.listening.tracking.wire import OURS, Item, Name, Ours, as_carrier, as_item

ITEM_BYTES = 32 * 1024
DEPTH = 64
# What a row of the door holds, in this order.
COLUMNS: tuple[str, ...] = ("entry", "occurred_at", *OURS, "properties")
Row = tuple[Any, ...]

_KINDS = {
    "track": "event.happened",
    "page": "page.viewed",
    "screen": "page.viewed",
    "identify": "customer.identified",
    "group": "account.joined",
    "alias": "customer.linked",
}
# Words of other trackers for the way something came by.
_CHANNELS = {"browser": "web", "mobile": "app", "server": None}
_BY_TYPE = {"page": "web", "screen": "app"}
_DIGITS_BEFORE, _DIGITS_AFTER = 14, 4
_TOO_MANY = Decimal(10) ** _DIGITS_BEFORE
_SAID = re.compile(
    r"(?:Expected `(?P<expected>.+?)`, got `(?P<got>.+?)`|(?P<told>.+?))"
    r"(?: - at `\$\.?(?P<field>.*)`)?$"
)
_SIGNS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]')
# A clock that is so far off is worth knowing of: the moment is kept as it was sent, too.
_TOLD_SKEW = 60_000_000


class Fault(Exception):  # noqa: N818 - it is what is at fault
    """Why an item is not stored."""

    def __init__(self, reason: Reason, field: str | None, got: object, expected: str) -> None:
        super().__init__(reason)
        self.reason, self.field, self.got, self.expected = reason, field, got, expected


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a request when its items are read.

    Attributes:
        source: the tracking key's.
        received: when it came, µs.
        skew: how far the client's clock is behind ours, µs.
        context: for items that have none of their own.
    """

    source: str
    received: int
    skew: int
    context: msgspec.Raw


def read_item(raw: bytes, arrival: Arrival, nth: Callable[[bytes], int]) -> Row:
    """The item as a row of COLUMNS.

    Args:
        raw: the item's JSON text.
        arrival: the request it came in.
        nth: tells which of the equal items without a `messageId` of the request this one is.

    Raises:
        Fault: it cannot be stored.
    """
    item = _decoded(raw)
    ours = _ours(item)
    if ours.kind is None and item.type not in _KINDS:
        raise _unknown_type(item.type)
    message = _name(item.messageId)
    key = f"={message}" if message else f"#{raw.decode()}#{nth(raw)}"
    # The item as it was sent: when it came and the correction of its clock are not its content.
    entry = entry_of(arrival.source, key, msgspec.json.encode(item))
    occurred = _occurred(item, arrival)
    return (entry, occurred, *_values(item, ours), _properties(item, ours, arrival))


def _decoded(raw: bytes) -> Item:
    if len(raw) > ITEM_BYTES:
        raise Fault(Reason.TOO_LONG, None, f"{len(raw)} bytes", f"at most {ITEM_BYTES} bytes")
    if raw.count(b"{") + raw.count(b"[") > DEPTH and depth(raw) > DEPTH:
        raise Fault(Reason.MALFORMED, None, f"{depth(raw)} levels", f"at most {DEPTH} levels")
    try:
        if not raw.isascii():
            raw.decode()
        return as_item.decode(raw)
    except UnicodeDecodeError as error:
        raise Fault(Reason.MALFORMED, None, f"byte {error.start}", "JSON in UTF-8") from None
    except msgspec.DecodeError as error:
        raise told(error) from None


def depth(raw: bytes) -> int:
    """How deep arrays and objects of a JSON text stand in each other.

    >>> depth(b'{"a": [1, "[[["]}')
    2
    """
    deepest = level = 0
    for sign in _SIGNS.finditer(raw):
        first = sign[0][:1]
        level += (first in b"[{") - (first in b"]}")
        deepest = max(deepest, level)
    return deepest


def told(error: msgspec.DecodeError) -> Fault:
    """What msgspec says of a JSON text, as a fault with its field."""
    if not isinstance(error, msgspec.ValidationError):
        return Fault(Reason.MALFORMED, None, str(error), "JSON as of RFC 8259")
    said = _SAID.match(str(error))
    assert said, error
    field = said["field"] or None
    return Fault(
        Reason.MALFORMED, field, said["got"] or said["told"], said["expected"] or "another value"
    )


def _unknown_type(got: str | None) -> Fault:
    expected = f"one of {', '.join(_KINDS)}, or a `kind` of ours"
    reason = Reason.MISSING if got is None else Reason.UNKNOWN_VALUE
    return Fault(reason, "type", got, expected)


def _ours(item: Item) -> Ours:
    """Our own fields: of `properties.rapport` where that is, else those of the item itself."""
    if b'"rapport"' not in bytes(item.properties):
        return item
    try:
        return as_carrier.decode(item.properties).rapport or item
    except msgspec.DecodeError as error:
        fault = told(error)
        fault.field = f"properties.{fault.field}"
        raise fault from None


def _values(item: Item, ours: Ours) -> tuple[Any, ...]:
    """The values of OURS; where ours are silent, what the item's type and other fields say."""
    return (
        ours.kind or _KINDS[item.type or ""],
        _channel(item, ours),
        ours.touchpoint or item.event or item.name or item.category,
        _name(ours.thread),
        _name(ours.customer) or _name(item.userId) or _name(item.anonymousId),
        _name(ours.account) or _name(item.groupId),
        _name(ours.unit),
        _name(ours.employee),
        ours.direction,
        ours.automated,
        ours.brand,
        _name(ours.product),
        ours.programme,
        _name(ours.item),
        ours.score,
        ours.scale,
        None if ours.amount is None else _amount(ours.amount),
        ours.currency,
        ours.text,
        ours.language,
    )


def _name(value: Name) -> str | None:
    """A name or a number as text; an empty one is none."""
    if value is None or value.__class__ is str:
        return value or None
    return str(value)


def _channel(item: Item, ours: Ours) -> str | None:
    if ours.channel is None:
        return _BY_TYPE.get(item.type or "")
    return _CHANNELS.get(ours.channel, ours.channel)


def _amount(value: Decimal) -> Decimal:
    """Money is stored as it was sent or not at all."""
    # NaN is in no order, so it is asked for by itself.
    if value.is_nan() or abs(value) >= _TOO_MANY or value != round(value, _DIGITS_AFTER):
        expected = f"a number of at most {_DIGITS_BEFORE} digits and {_DIGITS_AFTER} decimals"
        raise Fault(Reason.OUT_OF_RANGE, "amount", value, expected)
    return round(value, _DIGITS_AFTER)


def _occurred(item: Item, arrival: Arrival) -> int:
    """When it happened by our clock; an item that does not say happened when it came."""
    if item.timestamp is None:
        return arrival.received
    try:
        found = microseconds(item.timestamp) + arrival.skew
    except (ValueError, OverflowError):
        expected = "ISO 8601, or seconds or milliseconds since 1970"
        raise Fault(Reason.NOT_A_TIME, "timestamp", item.timestamp, expected) from None
    if not OLDEST <= found <= LATEST:
        raise Fault(Reason.OUT_OF_RANGE, "timestamp", item.timestamp, "the years 1900 to 9999")
    return found


def _properties(item: Item, ours: Ours, arrival: Arrival) -> str | None:
    """The properties as they were sent, and behind names with $ what has no field of its own."""
    sent = bytes(item.properties)
    if sent[:1] != b"{":
        if sent and sent != b"null":
            got = sent.decode("utf-8", "replace")
            raise Fault(Reason.MALFORMED, "properties", got, "a JSON object")
        sent = b"{}"
    more = _more(item, ours, arrival)
    if not more:
        return None if sent == b"{}" else sent.decode()
    inner = sent[1:].lstrip()
    return (b"{%b%b%b" % (b",".join(more), b"" if inner == b"}" else b",", inner)).decode()


def _more(item: Item, ours: Ours, arrival: Arrival) -> list[bytes]:
    """Members of the properties for what was sent beside them."""
    context = bytes(item.context) or bytes(arrival.context)
    traits = bytes(item.traits)
    found = []
    if context and context != b"null":
        found.append(b'"$context":' + context)
    if traits and traits != b"null":
        found.append(b'"$traits":' + traits)
    if item.anonymousId is not None and (item.userId is not None or ours.customer is not None):
        found.append(b'"$anonymous_id":' + msgspec.json.encode(item.anonymousId))
    if item.previousId is not None:
        found.append(b'"$previous_id":' + msgspec.json.encode(item.previousId))
    if ours.touchpoint and item.event and item.event != ours.touchpoint:
        found.append(b'"$event":' + msgspec.json.encode(item.event))
    if item.timestamp is not None and abs(arrival.skew) >= _TOLD_SKEW:
        found.append(b'"$timestamp":' + msgspec.json.encode(item.timestamp))
    return found
