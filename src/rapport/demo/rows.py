"""Interactions while they are made: numbers only, one record each; words are put in at the end.

A record is about 80 bytes, so a month of a block is sorted and carried over as one numpy array,
and the text columns are looked up once, in order.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rapport.demo.columns import Column, joined, looked_up, numbered, sentences, spread, words
from rapport.demo.facts import COMPETITORS, CURRENCY
from rapport.demo.office import PLAN, PRODUCTS, TOUCHPOINT_KEYS, UNIT_KEYS
from rapport.demo.words import LANGUAGES, PARTS
from rapport.ledger.schema import AMOUNT, MOMENT

NOTHING = np.iinfo(np.int64).min
CHANNELS: tuple[str, ...] = ("email", "phone", "chat", "web", "app", "store", "post", "social")
KINDS: tuple[str, ...] = (
    "survey.invited",
    "survey.opened",
    "survey.answered",
    "order.completed",
    "order.refunded",
    "order.delivered",
    "contract.started",
    "contract.renewed",
    "contract.ended",
    "message.received",
    "message.sent",
    "case.opened",
    "case.resolved",
    "case.reopened",
    "page.viewed",
    "visit.made",
    "product.used",
    "campaign.sent",
    "coupon.redeemed",
    "review.posted",
    "mention.posted",
    "promise.made",
    "promise.kept",
    "promise.broken",
)
REASONS: tuple[str, ...] = ("price", "dissatisfied", "moved", "no longer needed")
CAMPAIGNS: tuple[str, ...] = ("spring check", "summer rides", "back to school", "winter lights")
VOCABULARY: dict[str, tuple[str, ...]] = {
    "kind": KINDS,
    "channel": CHANNELS,
    "touchpoint": TOUCHPOINT_KEYS,
    "unit": UNIT_KEYS,
    "direction": ("inbound", "outbound"),
    "brand": COMPETITORS,
    "product": (*(name for name, _, _ in PRODUCTS), PLAN),
    "programme": ("relational", "delivery", "checkout", "store", "support", "campaign", "referral"),
    "item": (
        *("recommend", "satisfaction", "effort", "expectation", "perception"),
        *("delivery", "staff", "price", "product", "website", "returns", "plan", "waiting"),
    ),
    "scale": ("nps", "csat5", "csat7", "ces7", "stars5"),
    "language": LANGUAGES,
    "thread": ("O-", "Q-", "K-", "P-"),
    "property": (
        *(f'{{"reason": "{reason}"}}' for reason in REASONS),
        *(f'{{"campaign": "{campaign}"}}' for campaign in CAMPAIGNS),
    ),
}
# Properties beyond the vocabulary: a promised day (day number) or a referring customer (number).
PROMISED_DAY = 1_000
REFERRED_BY = 1_000_000
_CODES = {c: {word: i for i, word in enumerate(listed)} for c, listed in VOCABULARY.items()}
_WORDS = {column: words(listed) for column, listed in VOCABULARY.items()}
_PARTS = words(PARTS)

ROW = np.dtype(
    [
        *(("t", "i8"), ("number", "i8"), ("cents", "i8"), ("person", "i4"), ("property", "i4")),
        *(("score", "f4"), ("unit", "i2"), ("employee", "i2"), ("text", "i2"), ("more", "i2")),
        *((name, "i1") for name in ("kind", "channel", "touchpoint", "thread", "direction")),
        *((name, "i1") for name in ("automated", "brand", "product", "programme", "item")),
        *((name, "i1") for name in ("scale", "language")),
    ]
)
_BYTES = np.dtype(f"V{ROW.itemsize}")
_BLANK = np.full(1, -1, np.int64).astype(ROW)
_BLANK["cents"] = NOTHING
_BLANK["score"] = np.nan

Rows = npt.NDArray[np.void]


def code(column: str, word: str) -> int:
    """The number a word has in its column."""
    return _CODES[column][word]


def made(n: int, **fields: Any) -> Rows:
    """`n` records (1 or more) of these fields; a word becomes its code, other fields stay empty."""
    # Repeating the bytes of one record is far faster than assigning it field by field.
    rows = np.frombuffer(bytearray(_BLANK.tobytes()) * n, ROW)
    for name, value in fields.items():
        rows[name] = code(name, value) if isinstance(value, str) else value
    return rows


def joined_rows(parts: list[Rows]) -> Rows:
    """All records of several arrays; as plain bytes, since numpy joins records field by field."""
    return np.concatenate([np.empty(0, _BYTES), *(p.view(_BYTES) for p in parts)]).view(ROW)


def picked_rows(rows: Rows, at: npt.NDArray[np.int64]) -> Rows:
    """The records at these places, in that order."""
    return rows.view(_BYTES).take(at).view(ROW)


def _money(cents: npt.NDArray[np.int64]) -> Column:
    known = cents != NOTHING
    halves = np.empty((len(cents), 2), np.int64)
    halves[:, 0] = np.where(known, cents * 100, 0)
    halves[:, 1] = halves[:, 0] >> 63
    valid = np.packbits(known, bitorder="little")
    buffers: list[pa.Buffer | None] = [
        pa.py_buffer(valid.tobytes()),
        pa.py_buffer(halves.tobytes()),
    ]
    return pa.Array.from_buffers(AMOUNT, len(cents), buffers)


def _threads(rows: Rows) -> Column:
    prefixes = looked_up(_WORDS["thread"], rows["thread"])
    return joined(prefixes, numbered(rows["number"], rows["thread"] < 0))


def _texts(rows: Rows) -> Column:
    known = rows["text"] >= 0
    first = looked_up(_PARTS, rows["text"][known])
    return spread(sentences(first, looked_up(_PARTS, rows["more"][known])), known)


def _properties(rows: Rows) -> Column:
    known = rows["property"] >= 0
    codes = rows["property"][known].astype(np.int64)
    few, at = np.unique(codes, return_inverse=True)
    texts = words([_property(int(number)) for number in few])
    return spread(looked_up(texts, at), known)


def _property(number: int) -> str:
    if number >= REFERRED_BY:
        return f'{{"referrer": "{customer_key(number - REFERRED_BY)}"}}'
    if number >= PROMISED_DAY:
        return f'{{"promised_day": "{np.datetime64(number - PROMISED_DAY, "D")}"}}'
    return VOCABULARY["property"][number]


def customer_key(number: int) -> str:
    """The key of the customer with that number (0 is the first).

    >>> customer_key(122)
    'C-000123'
    """
    return f"C-{number + 1:06d}"


def tabled(rows: Rows, keys: Column, customers: Column, accounts: Column) -> pa.Table:
    """Records as an Arrow table of mapped fields and `key`.

    Args:
        rows: the records, in the order wanted.
        keys, customers, accounts: their ids, customer keys and account keys.
    """
    lookups = ("kind", "channel", "touchpoint", "direction", "brand", "product")
    scales = ("programme", "item", "scale", "language", "unit")
    columns = {name: looked_up(_WORDS[name], rows[name]) for name in lookups + scales}
    automated = np.ascontiguousarray(rows["automated"])
    score = np.ascontiguousarray(rows["score"]).astype(np.float64)
    cents = np.ascontiguousarray(rows["cents"])
    columns |= {
        "key": keys,
        "occurred_at": pa.array(np.ascontiguousarray(rows["t"])).view(MOMENT),
        "customer": customers,
        "account": accounts,
        "employee": looked_up(_EMPLOYEES, rows["employee"]),
        "thread": _threads(rows),
        "automated": pa.array(automated == 1, mask=automated < 0),
        "score": pa.array(score, mask=np.isnan(score)),
        "amount": _money(cents),
        "currency": looked_up(_EURO, np.where(cents == NOTHING, -1, 0)),
        "text": _texts(rows),
        "properties": _properties(rows),
    }
    return pa.table({name: columns[name] for name in COLUMNS})


_EMPLOYEES = words([f"E-{i + 1:03d}" for i in range(999)])
_EURO = words([CURRENCY])
COLUMNS: tuple[str, ...] = (
    *("key", "occurred_at", "customer", "account", "unit", "employee", "kind", "channel"),
    *("touchpoint", "thread", "direction", "automated", "brand", "product", "programme", "item"),
    *("score", "scale", "amount", "currency", "text", "language", "properties"),
)
