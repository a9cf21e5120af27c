"""The page of a measure in words: figures, sentences, choices, ways to come to them again."""

import shlex
from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.kernel.figures import Figure
from rapport.measures.api import Measure, all_parameters
from rapport.office.api import Actor
from rapport.web.filterbar import Select
from rapport.web.hidden import is_hidden
from rapport.web.kinds import field_title
from rapport.web.measuring import EVERY, View
from rapport.web.wording import further_unit, interval, note, value, whole

_SPLITS = (
    *("channel", "touchpoint", "unit", "customer.segment", "product", "language", "employee"),
    *("kind", "source", "programme", "item", "direction", "automated", "brand"),
)
_CUTS = {
    "day": gettext_lazy("by day"),
    "week": gettext_lazy("by week"),
    "month": gettext_lazy("by month"),
    "quarter": gettext_lazy("by quarter"),
    "year": gettext_lazy("by year"),
}


def told_briefly(figure: Figure) -> str:
    """A figure as a value with its interval."""
    if figure.value is None:
        return _("too few")
    return " ".join(
        one for one in (value(figure.value, figure.unit), interval(figure) or "") if one
    )


def words_of(figure: Figure) -> dict[str, object]:
    """A figure in words, for templates."""
    return {
        "period": figure.period,
        "value": None if figure.value is None else value(figure.value, figure.unit),
        "unit": further_unit(figure.unit),
        "interval": interval(figure) or "",
        "n": whole(figure.n),
        "note": note(figure),
        "first_day": figure.first_day,
        "last_day": figure.last_day,
    }


def sentence_of(measure: Measure, figure: Figure | None) -> str:
    """The figure as one would say it aloud."""
    if figure is None:
        return _("Nothing to count under this filter.")
    if figure.value is None:
        return note(figure) or _("Too few to say.")
    at = {"value": value(figure.value, figure.unit), "n": whole(figure.n)}
    if figure.low is None or figure.high is None:
        return _("%(value)s, from %(n)s.") % {**at, "n": f"{at['n']} {_(measure.observation)}"}
    between = {"low": value(figure.low, figure.unit), "high": value(figure.high, figure.unit)}
    said = _("%(value)s; between %(low)s and %(high)s allowing for chance, from %(n)s.")
    return said % {**at, **between, "n": f"{at['n']} {_(measure.observation)}"}


def tabs_of(view: View, figures: Sequence[Figure]) -> list[dict[str, object]]:
    """The programmes of the measure, where they never mix and there are several."""
    programmes = list(dict.fromkeys(f.programme for f in figures if f.programme))
    if len(programmes) < 2:
        return []
    return [
        {
            "name": programme,
            "query": view.changed(programme=programme),
            "here": programme == view.programme,
        }
        for programme in programmes
    ]


def own_selects(view: View, actor: Actor) -> list[Select]:
    """The page's own lists: how time is cut, and what splits, as far as the reader may ask."""
    seen = [field for field in _SPLITS if not is_hidden(actor, field)]
    fields = seen if view.by in seen else [view.by, *seen]
    return [
        Select("every", _("Trend"), view.every, [(e, _CUTS[e]) for e in EVERY]),
        Select("by", _("Split by"), view.by, [(one, field_title(one)) for one in fields]),
    ]


def kept_of(view: View) -> list[tuple[str, str]]:
    """What the filter bar has no list for."""
    own = [("programme", view.programme)] if view.programme else []
    return own + [(f"set.{name}", value) for name, value in view.parameters.items()]


def parameters_of(view: View) -> list[dict[str, object]]:
    """Choices the definition leaves open, with what holds now."""
    return [
        {
            "name": parameter.name,
            "meaning": parameter.meaning,
            "choices": parameter.choices,
            "value": view.parameters.get(parameter.name, parameter.default),
        }
        for parameter in all_parameters(view.measure)
    ]


def ways_of(request: HttpRequest, view: View) -> dict[str, str]:
    """How to come to these very figures: the page with its days, the command, Python."""
    days = {"period": None, "from": view.first_day.isoformat(), "to": view.last_day.isoformat()}
    name, where = view.measure.name, view.where
    address = f"/measure/measures/{name}?{view.changed(**days)}"
    words = ["rapport", "measure", name, "--every", view.every]
    words += ["--from", days["from"] or "", "--to", days["to"] or ""]
    words += [word for one in where for word in ("--where", one)]
    words += [word for n, v in view.parameters.items() for word in ("--set", f"{n}={v}")]
    more = f", parameters={dict(view.parameters)!r}" if view.parameters else ""
    python = (
        f'rapport.open("HOME").measure({name!r}, every={view.every!r}, '
        f"first_day={days['from']!r}, last_day={days['to']!r}, where={where!r}{more})"
    )
    link = request.build_absolute_uri(address)
    return {"link": link, "command": shlex.join(words), "python": python}
