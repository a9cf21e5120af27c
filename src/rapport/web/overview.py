"""What the first page shows: which questions are asked of the ledger, and their stored answers."""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from rapport.customers.api import DERIVED
from rapport.kernel.errors import InputError
from rapport.kernel.figures import Figure
from rapport.ledger.api import Ledger, Snapshot
from rapport.measures.api import compute, drawn, named
from rapport.web.changes import Changes, changed_most
from rapport.web.choices import Choices, choices_of
from rapport.web.saying import said_error
from rapport.web.stored import Stored, StoredFigures

T = TypeVar("T")
_EPOCH = dt.date(1970, 1, 1)
_MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Headline:
    """One measure on the page.

    Attributes:
        measure: its name.
        days: how many days its large figure looks back; None for all of the data.
        ends_before: days between the end of its period and the end of the data.
        comparable: False where a later period always looks different from an earlier one.
    """

    measure: str
    days: int | None
    ends_before: int = 0
    comparable: bool = True


# People's own answers are looked at over a quarter; who stays only shows in a year. Whether they
# buy again is known 90 days after the period, the window of that measure. What a customer has
# brought so far grows with time, so those won lately cannot be compared with those won long ago.
HEADLINES: tuple[Headline, ...] = (
    Headline("nps", 90),
    Headline("csat", 90),
    Headline("effort", 90),
    Headline("retention_contract", 365),
    Headline("retention_repeat", 365, ends_before=90),
    Headline("churn", 365),
    Headline("lifetime_value", None, comparable=False),
    Headline("first_reply_wait", 90),
    Headline("volume", 90),
)
_CHANGE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Extent:
    """What the ledger holds: number of interactions and their first and last day, ISO."""

    interactions: int
    first_day: str | None
    last_day: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """One measure, of one programme where programmes never mix.

    Attributes:
        now: the headline's period; before: the period of the same length before it, where the
            two can be compared.
        months: the last twelve whole months, oldest first.
    """

    now: Figure
    before: Figure | None
    months: list[Figure]


@dataclass(frozen=True, slots=True)
class Answer:
    """A headline's answer: one series for each programme, the most asked first.

    `refused` says in a sentence why there is none, where the measure could not be computed.
    """

    series: list[Series]
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Channels:
    """Interactions by channel in some days, most first."""

    first_day: str
    last_day: str
    counts: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Comment:
    """A customer's own words, with where and when they were said."""

    text: str
    day: str
    channel: str | None
    touchpoint: str | None
    score: float | None
    scale: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What every page about the ledger needs to know of it first, and what of it is oldest."""

    extent: Extent
    choices: Choices
    computed_at: float


@dataclass(frozen=True, slots=True)
class Overview(Ground):
    """Everything on the first page but the customers' words."""

    answers: list[tuple[Headline, Answer]]
    changes: Changes | None


def overview(ledger: Ledger, stored: StoredFigures) -> Overview:
    """The page's figures: stored ones of whatever age; what is missing is computed and stored."""
    with _Asking(ledger, stored, only_missing=True) as asking:
        return _ask_all(asking)


def ground(ledger: Ledger, stored: StoredFigures) -> Ground:
    """How far the data reach and what lists offer: stored, or computed where they are missing."""
    with _Asking(ledger, stored, only_missing=True) as asking:
        return _ask_ground(asking)


def refresh(ledger: Ledger, stored: StoredFigures) -> bool:
    """Bring every stored figure of the page to the ledger's state; True when any was not."""
    with _Asking(ledger, stored, only_missing=False) as asking:
        _ask_all(asking)
        return asking.computed


def counted_at(ledger: Ledger, stored: StoredFigures) -> tuple[float, bool] | None:
    """When the stored figures were begun, and whether nothing came in since; None without any."""
    found = stored.get("extent", Extent)
    if found is None:
        return None
    with ledger.read() as snapshot:
        return found.computed_at, found.token == snapshot.token_without(DERIVED)


class _Asking:
    """Gives stored answers, and computes others from one snapshot that is opened when needed."""

    def __init__(self, ledger: Ledger, stored: StoredFigures, *, only_missing: bool) -> None:
        self._ledger = ledger
        self._stored = stored
        self._only_missing = only_missing
        self._snapshot: Snapshot | None = None
        self.computed = False

    def __enter__(self) -> "_Asking":
        return self

    def __exit__(self, *_: object) -> None:
        if self._snapshot is not None:
            self._snapshot.close()

    @property
    def snapshot(self) -> Snapshot:
        if self._snapshot is None:
            self._snapshot = self._ledger.read().__enter__()
        return self._snapshot

    def ask(self, question: str, kind: type[T], compute_it: Callable[[Snapshot], T]) -> Stored[T]:
        """The stored answer where it will do, else a computed one, stored."""
        found = self._stored.get(question, kind)
        if found and (self._only_missing or found.token == self._state):
            return found
        self.computed = True
        return self._stored.put(question, self._state, compute_it(self.snapshot))

    @property
    def _state(self) -> str:
        return self.snapshot.token_without(DERIVED)


def _ask_ground(asking: _Asking) -> Ground:
    extent = asking.ask("extent", Extent, _extent)
    if extent.answer.last_day is None:
        return Ground(extent.answer, Choices({}), extent.computed_at)
    choices = asking.ask("choices", Choices, choices_of)
    return Ground(extent.answer, choices.answer, min(extent.computed_at, choices.computed_at))


def _ask_all(asking: _Asking) -> Overview:
    base = _ask_ground(asking)
    if base.extent.last_day is None:
        return Overview(base.extent, base.choices, base.computed_at, [], None)
    last = dt.date.fromisoformat(base.extent.last_day)
    answers = [(headline, _ask_headline(asking, headline, base.extent)) for headline in HEADLINES]
    changes = asking.ask(
        f"changes, {_CHANGE_DAYS} days",
        Changes,
        lambda snapshot: changed_most(snapshot, last, _CHANGE_DAYS),
    )
    parts: list[Stored[Any]] = [changes, *(answer for _, answer in answers)]
    return Overview(
        base.extent,
        base.choices,
        min(base.computed_at, *(part.computed_at for part in parts)),
        [(headline, answer.answer) for headline, answer in answers],
        changes.answer,
    )


def _ask_headline(asking: _Asking, headline: Headline, extent: Extent) -> Stored[Answer]:
    days = "all days" if headline.days is None else f"{headline.days} days"
    question = (
        f"{named(headline.measure).definition}, {days}, {headline.ends_before} before the end"
    )
    return asking.ask(question, Answer, lambda snapshot: answer_of(snapshot, headline, extent))


def latest_comments(
    snapshot: Snapshot, last_day: str, where: Sequence[str] = (), most: int = 6
) -> list[Comment]:
    """The latest different words customers said about us in the 60 days to a day, newest first.

    They are asked for anew each time and never stored beside the ledger.
    """
    day = (dt.date.fromisoformat(last_day) - _EPOCH).days
    columns = ("text", "day", "channel", "touchpoint", "score", "scale", "language")
    query = drawn(snapshot, where, {name: name for name in columns}).where(
        f"i.text IS NOT NULL AND length(i.text) BETWEEN 12 AND 400 AND i.day > {day - 60} "
        f"AND i.day <= {day} AND i.brand IS NULL AND coalesce(i.direction, 'inbound') = 'inbound' "
        "AND i.kind IN ('survey.answered', 'review.posted', 'message.received', 'mention.posted')"
    )
    query = query.order_by("i.t DESC", "i.text").limit(10 * most)
    # The same words are shown once. (A window for this trips over DuckDB 1.5: "Failed to cast
    # expression to type", in its top-n window elimination.)
    found: dict[str, Comment] = {}
    for row in snapshot.sql(query.sql("duckdb")).to_pylist():
        found.setdefault(row["text"], Comment(**{**row, "day": _iso(row["day"])}))
    return list(found.values())[:most]


def _extent(snapshot: Snapshot) -> Extent:
    # Things announced for later (a step planned for next year) do not move the end of the data.
    query = (
        "SELECT count(*) AS n, min(day) AS first, "
        "max(day) FILTER (WHERE occurred_at <= received_at + INTERVAL 1 DAY) AS last "
        "FROM interactions"
    )
    row = snapshot.sql(query).to_pylist()[0]
    if row["last"] is None:
        return Extent(row["n"], None, None)
    return Extent(row["n"], _iso(row["first"]), _iso(row["last"]))


def answer_of(
    snapshot: Snapshot, headline: Headline, extent: Extent, where: Sequence[str] = ()
) -> Answer:
    """The figures of a headline measure over its days, those before, and twelve months.

    Args:
        snapshot: of the ledger.
        headline: which measure, and how far it looks back.
        extent: of the data; they must hold something.
        where: filter expressions, all of which must hold.
    """
    assert extent.first_day is not None
    assert extent.last_day is not None
    name, one = headline.measure, dt.timedelta(1)
    last = dt.date.fromisoformat(extent.last_day) - dt.timedelta(headline.ends_before)
    first_month, end_month = whole_months(last)
    first, before = dt.date.fromisoformat(extent.first_day), []

    def figures(first_day: dt.date, last_day: dt.date, every: str | None = None) -> list[Figure]:
        return compute(
            snapshot, name, every=every, where=where, first_day=first_day, last_day=last_day
        )

    try:
        if headline.days is not None:
            first = last - dt.timedelta(headline.days) + one
        now = figures(min(first, last), last)
        if headline.days is not None and headline.comparable:
            before = figures(first - dt.timedelta(headline.days), first - one)
        months = figures(first_month, end_month, "month")
    except InputError as error:
        return Answer([], said_error(error))
    return Answer(_series(now, before, months))


def whole_months(last: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the twelve whole months up to a day; a month just begun is left out.

    >>> whole_months(dt.date(2026, 10, 30))
    (datetime.date(2025, 10, 1), datetime.date(2026, 9, 30))
    >>> whole_months(dt.date(2026, 10, 31))
    (datetime.date(2025, 11, 1), datetime.date(2026, 10, 31))
    """
    complete = last.day == calendar.monthrange(last.year, last.month)[1]
    end = last if complete else last.replace(day=1) - dt.timedelta(1)
    month = end.year * 12 + end.month - _MONTHS_SHOWN
    return dt.date(month // 12, month % 12 + 1, 1), end


def _series(
    now: Iterable[Figure], before: Iterable[Figure], months: Iterable[Figure]
) -> list[Series]:
    past = {_apart(figure): figure for figure in filter(_ours, before)}
    monthly: dict[tuple[str | None, str], list[Figure]] = defaultdict(list)
    for figure in filter(_ours, months):
        monthly[_apart(figure)].append(figure)
    found = [
        Series(
            figure,
            past.get(_apart(figure)),
            sorted(monthly[_apart(figure)], key=lambda f: f.first_day),
        )
        for figure in filter(_ours, now)
    ]
    return sorted(found, key=lambda s: (-s.now.n, s.now.programme or ""))


def _ours(figure: Figure) -> bool:
    """Not a competitor's: measures that never mix brands name the brand of such a figure."""
    return figure.by.get("brand") is None


def _apart(figure: Figure) -> tuple[str | None, str]:
    """What keeps figures of one measure apart: the programme, and the currency of money."""
    return figure.programme, figure.unit


def channels_to(
    snapshot: Snapshot, last: dt.date, days: int, where: Sequence[str] = ()
) -> Channels:
    """Interactions by channel in the days up to a day, most first."""
    first = last - dt.timedelta(days - 1)
    found = compute(snapshot, "volume", by=["channel"], first_day=first, last_day=last, where=where)
    counts = [(str(figure.by["channel"] or "unknown"), figure.n) for figure in found]
    counts.sort(key=lambda pair: (-pair[1], pair[0]))
    return Channels(first.isoformat(), last.isoformat(), counts)


def _iso(day: int) -> str:
    return (_EPOCH + dt.timedelta(day)).isoformat()
