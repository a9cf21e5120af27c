"""What a client sends: the request's head, its items, and our own fields."""

from decimal import Decimal

import msgspec

ABSENT = msgspec.Raw(b"")
Name = str | int | None


class Ours(msgspec.Struct, forbid_unknown_fields=True):
    """Our fields, as an item may carry them in `properties.rapport`."""

    kind: str | None = None
    channel: str | None = None
    touchpoint: str | None = None
    thread: Name = None
    customer: Name = None
    account: Name = None
    unit: Name = None
    employee: Name = None
    direction: str | None = None
    automated: bool | None = None
    brand: str | None = None
    product: Name = None
    programme: str | None = None
    item: Name = None
    score: float | None = None
    scale: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    text: str | None = None
    language: str | None = None


OURS: tuple[str, ...] = Ours.__struct_fields__


class Item(Ours, forbid_unknown_fields=False):
    """One item of a batch: Segment's fields, and ours beside them; others are ignored."""

    type: str | None = None
    messageId: Name = None  # noqa: N815 - the wire's own names
    userId: Name = None  # noqa: N815
    anonymousId: Name = None  # noqa: N815
    previousId: Name = None  # noqa: N815
    groupId: Name = None  # noqa: N815
    event: str | None = None
    name: str | None = None
    category: str | None = None
    timestamp: str | int | float | None = None
    properties: msgspec.Raw = ABSENT
    traits: msgspec.Raw = ABSENT
    context: msgspec.Raw = ABSENT


class Head(msgspec.Struct):
    """A request: its items as they came, and what stands beside them."""

    batch: list[msgspec.Raw]
    sentAt: str | int | float | None = None  # noqa: N815
    writeKey: str | None = None  # noqa: N815
    context: msgspec.Raw = ABSENT


class _Carrier(msgspec.Struct):
    """Properties of which only our own part is read."""

    rapport: Ours | None = None


as_head = msgspec.json.Decoder(Head)
as_item = msgspec.json.Decoder(Item)
as_carrier = msgspec.json.Decoder(_Carrier)
