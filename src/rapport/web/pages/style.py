"""The style guide: tokens and parts of the pages, as they look and how they are written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from rapport.kernel.figures import Figure
from rapport.web import pictures
from rapport.web.access import SIGNED_IN, allowed
from rapport.web.drawing import svg

_COLOURS = (
    *("paper", "raised", "tint", "ink", "soft", "hair", "field", "accent", "line", "band"),
    *("good", "attention", "poor", "good-tint", "attention-tint", "poor-tint"),
)
_SIZES = ("small", "text", "lead", "large", "huge")


@allowed(SIGNED_IN)
@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every part once, with its name."""
    months = [_figure(f"2026-{n:02d}", 20.0 + n % 4, 200 + n) for n in range(1, 11)]
    groups = [_figure(name, score, 90) for name, score in (("a", 41.0), ("b", 33.5), ("c", 12.0))]
    drawn = {
        "trend": pictures.trend(months, links={}, notes=[("2026-04-01", "A note")]),
        "split": pictures.split(groups, ["Store", "Web", "Telephone"], ["#a", "#b", "#c"]),
        "bars": pictures.bars(["6", "8", "9"], [12, 40, 30], ["poor", "even", "good"]),
    }
    told = {name: mark_safe(svg(spec)) for name, spec in drawn.items()}  # noqa: S308 - ours
    return render(request, "web/style.html", {"colours": _COLOURS, "sizes": _SIZES, "drawn": told})


def _figure(period: str, found: float, n: int) -> Figure:
    first = f"{period}-01" if len(period) == 7 else "2026-01-01"
    return Figure(
        measure="nps",
        value=found,
        unit="points",
        n=n,
        low=found - 4,
        high=found + 5,
        confidence=0.95,
        method="adjusted Wald",
        by={},
        period=period,
        first_day=first,
        last_day=first,
        programme=None,
        filter=None,
        definition="nps/1",
    )


urlpatterns = [path("styleguide", style_guide, name="style_guide")]
