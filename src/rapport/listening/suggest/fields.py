"""One small scorer for each field: how well does a column fit it, 0 to 1, and why."""

from collections.abc import Callable
from dataclasses import dataclass

from rapport.listening.suggest.columns import Column
from rapport.listening.suggest.times import times_of

LEAST = 0.5
RECOMMEND = ("nps", "recommend", "recommendation", "likelihood", "promoter", "netpro", "ltr",
             "empfehlung", "weiterempfehlung", "aanbevelen", "recommander")  # fmt: skip
MOODS = frozenset({"positive", "neutral", "negative"})
_STARS = ("stars", "star", "rating", "score", "bewertung", "note", "sterne", "beoordeling",
          "calificacion", "satisfaction", "csat", "zufriedenheit", "tevredenheid")  # fmt: skip


@dataclass(frozen=True)
class Fit:
    """How well a column fits a field, and why."""

    score: float
    reason: str


NOT = Fit(0.0, "")
Scorer = Callable[[Column], Fit]


def occurred_at(column: Column) -> Fit:
    """When it happened."""
    if column.name == "time:timestamp":
        return Fit(1.0, "XES: the time of the event")
    times = times_of(column)
    if times is None or column.filled < 0.5:
        return NOT
    named = column.named("occurred", "timestamp", "date", "datum", "fecha", "time", "at", "when",
                         "created", "updated", "opened", "open")  # fmt: skip
    score = 0.6 + (0.2 if named else 0) + 0.2 * column.filled - (0 if times.certain else 0.05)
    return Fit(min(score, 0.99), times.reason)


def customer(column: Column) -> Fit:
    """Who it was."""
    named = column.named("customer", "customerid", "client", "kunde", "klant", "cliente", "user",
                         "userid", "member", "household", "author", "caller", "passenger",
                         "respondent", "subscriber", "patient", "guest", "respnum")  # fmt: skip
    if not named or not column.values or times_of(column) or column.length > 60:
        return NOT
    many = f"{column.distinct:,} different values in the sample"
    if column.named("id", "no", "number", "key", "nr", "num") or named in ("customer", "author"):
        return Fit(0.9, f"{many}, and the name says {named}")
    return Fit(0.7, f"{many}, and the name says {named}")


def thread(column: Column) -> Fit:
    """What it belongs to."""
    named = column.named("ticket", "case", "incident", "invoice", "order", "basket", "conversation",
                         "thread", "session", "contract", "rechnung", "bestellung", "factuur",
                         "pedido", "uniquekey", "claim")  # fmt: skip
    if column.name == "case:concept:name":
        return Fit(1.0, "XES: the name of the trace")
    if column.name.lower() in ("number", "id", "key") and 0.001 < column.variety < 0.6:
        return Fit(0.6, f"{column.distinct:,} different values that repeat")
    ids = column.named("id", "no", "number", "key", "nr", "num", "name", "unique", "invoiceno")
    if not named or not column.values or times_of(column) or column.length > 60:
        return NOT
    fit = 0.9 if ids and column.distinct > 1 else 0.55 if column.variety > 0.02 else 0.0
    return Fit(fit, f"{column.distinct:,} different values, and the name says {named}")


def score(column: Column) -> Fit:
    """The answer as a number."""
    if MOODS.issuperset(column.counts) and column.distinct > 1:
        return Fit(0.9, "positive, neutral, negative")
    numbers = column.numbers
    if numbers is None or not 2 <= column.distinct <= 101 or min(numbers) < 0 or max(numbers) > 100:
        return NOT
    spread = f"numbers from {min(numbers):g} to {max(numbers):g}"
    if word := column.named(*RECOMMEND):
        return Fit(0.95 if max(numbers) <= 12 else 0.4, f"{spread}, and the name says {word}")
    if word := column.named(*_STARS):
        overall = 0.05 if column.named("overall", "total", "gesamt", "score") else 0.0
        return Fit(0.8 + overall if max(numbers) <= 10 else 0.4, f"{spread}, the name says {word}")
    return NOT


def amount(column: Column) -> Fit:
    """Money that moved."""
    named = column.named("amount", "revenue", "sales", "total", "betrag", "bedrag", "umsatz",
                         "montant", "importe", "value", "price", "usd", "eur", "gbp")  # fmt: skip
    of_trace = column.name.startswith("case:")  # it did not move with each event
    if (
        of_trace
        or not named
        or column.numbers is None
        or column.distinct < 3
        or column.named("count", "id")
    ):
        return NOT
    cents = any("." in value for value in column.values)
    unit = 0.2 if column.named("unit", "unitprice") else 0.0
    return Fit((0.85 if cents else 0.6) - unit, f"numbers, and the name says {named}")


def text(column: Column) -> Fit:
    """The words as they were said."""
    if column.numbers is not None or not column.values or times_of(column):
        return NOT
    named = column.named("text", "comment", "content", "review", "body", "message", "feedback",
                         "kommentar", "opmerking", "commentaire", "comentario")  # fmt: skip
    if column.length < 12 or not any(" " in value for value in column.values):
        return NOT
    long = min(column.length / 200, 0.3) * column.variety
    if named:
        whole = 0.1 * column.filled
        return Fit(0.6 + long + whole, f"{column.length:.0f} characters on average, named {named}")
    return Fit(0.3 + 2 * long if column.length > 60 else 0.0,
               f"{column.length:.0f} characters on average")  # fmt: skip


def _words(*names: str, most: int = 60, at_least: float = 0.6) -> Scorer:
    """A scorer for columns of few different words with such a name."""

    def scorer(column: Column) -> Fit:
        named = column.named(*names)
        if not named or not column.values or times_of(column) or column.distinct > most:
            return NOT
        if column.length > 60:
            return NOT
        return Fit(at_least + 0.2 * column.filled, f"the name says {named}")

    return scorer


def touchpoint(column: Column) -> Fit:
    """Where in the experience."""
    if column.name == "concept:name":
        return Fit(1.0, "XES: the activity")
    return _words("touchpoint", "step", "stage", "activity", "reason", "page", "topic", "category",
                  "complaint", "complainttype", "kategorie", most=500)(column)  # fmt: skip


def employee(column: Column) -> Fit:
    """Our person who took part."""
    if column.name == "org:resource":
        return Fit(1.0, "XES: the resource")
    return _words("agent", "employee", "resource", "assigned", "mitarbeiter", "medewerker",
                  most=2_000)(column)  # fmt: skip


SCORERS: dict[str, Scorer] = {
    "occurred_at": occurred_at,
    "thread": thread,
    "customer": customer,
    "score": score,
    "amount": amount,
    "text": text,
    "touchpoint": touchpoint,
    "employee": employee,
    "channel": _words("channel", "medium", "kanal", "kanaal", "canal", "contacttype", "contact"),
    "product": _words(
        "product", "article", "sku", "stockcode", "artikel", "plan", "tariff", "item", most=5_000
    ),
    "brand": _words("brand", "company", "airline", "competitor", "marke", "merk", most=500),
    "unit": _words("department", "branch", "region", "office", "account", "unit", "abteilung"),
    "currency": _words("currency", "waehrung", "valuta", "devise", "moneda", most=30),
    "language": _words("language", "lang", "sprache", "taal", "langue", "idioma", most=60),
}


def best(columns: list[Column]) -> dict[str, tuple[Column, str]]:
    """The best column for each field, each column once, the surest first."""
    fits = [
        (fit.score, field, column, fit.reason)
        for field, scorer in SCORERS.items()
        for column in columns
        if (fit := scorer(column)).score >= LEAST
    ]
    found: dict[str, tuple[Column, str]] = {}
    taken: set[str] = set()
    for _, field, column, reason in sorted(fits, key=lambda fit: -fit[0]):
        if field not in found and column.name not in taken:
            found[field] = column, reason
            taken.add(column.name)
    return found
