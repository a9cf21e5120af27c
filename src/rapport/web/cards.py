"""Figures as the cards, bars and quotations of a page: words and coordinates, nothing computed."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from rapport.kernel.figures import Figure
from rapport.kernel.scales import SCALES
from rapport.measures.api import named
from rapport.web.changes import Change
from rapport.web.charts import HEIGHT, WIDTH, Point, Sparkline, bar_width, sparkline
from rapport.web.choices import Titles
from rapport.web.filterbar import quoted
from rapport.web.overview import Answer, Channels, Comment, Headline, Series
from rapport.web.wording import change, day, further_unit, interval, month, note, value, whole

# Programmes never mix, so each has a card of its own; the most asked ones have room.
_PROGRAMMES_MAX = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table behind a chart."""

    period: str
    value: str
    interval: str
    n: str


@dataclass(frozen=True, slots=True)
class Card:
    """One headline measure in words.

    Attributes:
        anchor: names the card within the page.
        address: of the measure's own page.
        value: None where there is too little to say; `note` then says so.
        n: None where the value itself is the count.
        change: what changed beyond chance, in words; `tone` is good, poor or even.
        compared: whether a change could have been told.
        alternative: the chart in a sentence.
    """

    anchor: str
    address: str
    title: str
    question: str
    programme: str | None
    period: str
    value: str | None
    unit: str
    interval: str | None
    n: str | None
    observation: str
    note: str | None
    change: str | None
    tone: str
    compared: bool
    chart: Sparkline | None
    alternative: str
    rows: list[Row]
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class Bar:
    """One channel: its count, its share of all and the length of its bar, 0 to 100."""

    name: str
    count: str
    share: str
    width: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A customer's words and where they were said."""

    text: str
    told: str
    score: str | None
    language: str | None


def card_of(headline: Headline, answer: Answer, query: str = "") -> list[Card]:
    """The cards of one headline measure: one for each programme, none where nothing was counted.

    `query` is the filter as the address has it; the way to the measure's own page takes it along.
    """
    heard = [s for s in answer.series if s.now.n or any(f.n for f in s.months)]
    return [
        _card(headline, series, place, query)
        for place, series in enumerate(heard[:_PROGRAMMES_MAX])
    ]


def _card(headline: Headline, series: Series, place: int, query: str) -> Card:
    measure, now = named(headline.measure), series.now
    changed = change(now, series.before, headline.days) if headline.days else None
    points = [Point(f.value, f.low, f.high) for f in series.months]
    return Card(
        anchor=f"{headline.measure}-{place}",
        address=f"/measure/measures/{headline.measure}" + (f"?{query}" if query else ""),
        title=_(measure.title),
        question=_(measure.question),
        programme=now.programme,
        period=_period(headline, now),
        value=None if now.value is None else value(now.value, now.unit),
        unit="" if now.unit == measure.observation else further_unit(now.unit),
        interval=interval(now),
        # A count of everything is its own n.
        n=None if now.unit == measure.observation else whole(now.n),
        observation=_(measure.observation),
        note=note(now),
        change=changed[0] if changed else None,
        tone=_tone(measure.direction, changed[1] if changed else 0.0),
        compared=headline.comparable and now.low is not None,
        chart=sparkline(points) if headline.comparable else None,
        alternative=_alternative(_(measure.title), series.months),
        rows=[_row(figure) for figure in series.months],
    )


def _period(headline: Headline, now: Figure) -> str:
    days, last = headline.days, day(now.last_day)
    if days is None:
        return _("since %(day)s") % {"day": day(now.first_day)}
    if days == 365 and headline.ends_before:
        return _("12 months to %(day)s") % {"day": last}
    if headline.ends_before:
        return _("%(days)s days to %(day)s") % {"days": days, "day": last}
    return _("last 12 months") if days == 365 else _("last %(days)s days") % {"days": days}


def _tone(direction: str, change_by: float) -> str:
    if direction == "neutral" or change_by == 0:
        return "even"
    return "good" if (change_by > 0) == (direction == "higher") else "poor"


def _alternative(title: str, months: list[Figure]) -> str:
    told = [f for f in months if f.value is not None]
    if len(told) < 2:
        return _("%(title)s by month: too few months with figures to draw.") % {"title": title}

    def words(figure: Figure) -> str:
        at = {"value": value(figure.value or 0.0, figure.unit), "month": month(figure.first_day)}
        return _("%(value)s in %(month)s") % at

    lowest = min(told, key=lambda f: f.value or 0.0)
    highest = max(told, key=lambda f: f.value or 0.0)
    said = _(
        "%(title)s by month: from %(first)s to %(last)s; lowest %(lowest)s, highest %(highest)s."
    )
    return said % {
        "title": title,
        "first": words(told[0]),
        "last": words(told[-1]),
        "lowest": words(lowest),
        "highest": words(highest),
    }


def _row(figure: Figure) -> Row:
    told = _("too few") if figure.value is None else value(figure.value, figure.unit)
    return Row(month(figure.first_day), told, interval(figure) or "", whole(figure.n))


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One group that changed, in words: what, where, from and to, and whether that is good."""

    title: str
    where: str
    told: str
    tone: str
    address: str


def change_of(found: Change, words: Titles) -> ChangeLine:
    """A change beyond chance as a line, its group by the name that the office gives it."""
    measure, now, before = named(found.now.measure), found.now, found.before
    group = words.get(found.field, {}).get(found.group) or found.group
    told = f"{value(before.value or 0.0, before.unit)} → {value(now.value or 0.0, now.unit)}"
    query = urlencode({"where": f"{found.field} = {quoted(found.group)}"})
    return ChangeLine(
        _(measure.title),
        " · ".join(one for one in (group, now.programme) if one),
        f"{told} (n {whole(before.n)} → {whole(now.n)})",
        _tone(measure.direction, found.by),
        f"/measure/measures/{measure.name}?{query}",
    )


def channels_of(channels: Channels) -> list[Bar]:
    """Volume by channel, as bars from zero."""
    total = sum(count for _, count in channels.counts)
    most = max((count for _, count in channels.counts), default=0)
    return [
        Bar(name, whole(count), value(count / total, "share"), bar_width(count, most))
        for name, count in channels.counts
    ]


def comment_of(comment: Comment) -> Quotation:
    """Words with score, channel, touchpoint and day."""
    told = [word for word in (comment.channel, comment.touchpoint) if word]
    score = None
    if comment.score is not None and comment.scale in SCALES:
        at = {"score": f"{comment.score:g}", "highest": f"{SCALES[comment.scale].high:g}"}
        score = _("%(score)s of %(highest)s") % at
    return Quotation(
        comment.text.strip(), " · ".join([*told, day(comment.day)]), score, comment.language
    )
