"""The schema of an interaction: each field with its meaning and unit. Version 1.

Times are UTC. `t`, `day`, `week` and `month` repeat `occurred_at` as integers because integer
arithmetic reads the same on every engine and is faster than calendar functions: `t` is UTC,
the other three are counted in the organisation's reporting zone, which is fixed at `init`.
Nothing derived later (sentiment, topics) is ever written here.
"""

from dataclasses import dataclass

import pyarrow as pa

VERSION = 1
AMOUNT = pa.decimal128(18, 4)
MOMENT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an interaction.

    Attributes:
        name: column name, also the name in filters and mappings.
        type: Arrow type at rest.
        meaning: one line for people.
        mapped: True where a mapping or an event may set it; the ledger sets the others.
        longest: most characters a text field may hold, None where that makes no sense.
    """

    name: str
    type: pa.DataType
    meaning: str
    mapped: bool = True
    longest: int | None = 255


_TEXT = pa.string()

FIELDS: tuple[Field, ...] = (
    Field("id", pa.binary(), "identity of the interaction, 16 bytes, for ever", False, None),
    Field("batch", pa.int64(), "batch it came in with; its import can be undone", False, None),
    Field("source", _TEXT, "where it came from: name of a mapping, a survey, a tracking key"),
    Field("occurred_at", MOMENT, "when it happened, UTC", True, None),
    Field("received_at", MOMENT, "when we stored it, UTC", False, None),
    Field("t", pa.int64(), "occurred_at as microseconds since 1970-01-01 UTC", False, None),
    Field("day", pa.int32(), "days since 1970-01-01 in the reporting zone", False, None),
    Field("week", pa.int32(), "weeks since the week of 1970-01-01, reporting zone", False, None),
    Field("month", pa.int32(), "months since 1970-01, reporting zone", False, None),
    Field("customer", _TEXT, "the key the source knew the customer by; none when anonymous"),
    Field("account", _TEXT, "company or household the customer acted for"),
    Field("unit", _TEXT, "our business unit at the time"),
    Field("employee", _TEXT, "our employee who took part"),
    Field("kind", _TEXT, "what happened: noun.verb of the closed vocabulary"),
    Field("channel", _TEXT, "by which way: web, app, email, phone, chat, store, post, social"),
    Field("touchpoint", _TEXT, "where in the experience: checkout, delivery, claim"),
    Field("thread", _TEXT, "what it belongs to: a conversation, an order, a questionnaire"),
    Field("direction", _TEXT, "inbound (from the customer) or outbound (from us)"),
    Field("automated", pa.bool_(), "True when a machine of ours acted, not a person", True, None),
    Field("brand", _TEXT, "whom it is about; none is us, a name is a competitor"),
    Field("product", _TEXT, "what it was about: article, tariff, plan"),
    Field("programme", _TEXT, "the standing way of asking; scores of two never mix"),
    Field("item", _TEXT, "which question of the questionnaire"),
    Field("score", pa.float64(), "the answer as a number on its scale", True, None),
    Field("scale", _TEXT, "the scale of the score: nps, csat5, ces7, stars5"),
    Field("amount", AMOUNT, "money that moved, in `currency`; refunds are negative", True, None),
    Field("currency", _TEXT, "ISO 4217 code of the amount"),
    Field("text", _TEXT, "the words, as they were said", True, 1_000_000),
    Field("language", _TEXT, "language of the text, BCP 47"),
    Field("properties", _TEXT, "anything else, a JSON object", True, 1_000_000),
)

SCHEMA = pa.schema(
    [pa.field(f.name, f.type, metadata={"meaning": f.meaning}) for f in FIELDS],
    metadata={"rapport.schema": str(VERSION)},
)
# Not `empty_table()`: that imports pandas, a quarter of a second of every command.
EMPTY = pa.Table.from_batches([], SCHEMA)
FIELD_NAMES: tuple[str, ...] = tuple(f.name for f in FIELDS)
MAPPED_FIELDS: tuple[str, ...] = tuple(f.name for f in FIELDS if f.mapped)
DIRECTIONS: tuple[str, ...] = ("inbound", "outbound")
