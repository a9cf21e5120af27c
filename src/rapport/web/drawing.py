"""Draws charts on the server: a description in Vega-Lite in, SVG or PNG out (decision 0023).

The page puts its own colours in place of those written here (`rapport.css`), so that one drawing
serves light and dark; a downloaded picture keeps these, on paper.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import vl_convert

from rapport.web.wording import locale

Spec = Mapping[str, Any]

INK, SOFT, HAIR, PAPER = "#231f1a", "#5f574c", "#d9d0c1", "#faf7f0"
LINE, BAND = "#7a4a26", "#ecdfcd"
GOOD, POOR, ATTENTION = "#0b6470", "#b3321c", "#7d5a00"

# What the library puts before an address that names no host; ours stay within the page's own.
_BASE = "https://vega.github.io/vega-datasets/"
_KEPT = 200
_SCALE = 2.0
_Locale = Literal["de-DE", "en-US"]
_LOCALES: dict[str, _Locale] = {"de": "de-DE", "en": "en-US"}
_CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        # The library describes axes in English; each chart has a description and a table of ours.
        "aria": False,
        "domainColor": HAIR,
        "gridColor": HAIR,
        "tickColor": HAIR,
        "labelColor": SOFT,
        "labelFontSize": 12,
        "labelLimit": 260,
        "titleColor": SOFT,
    },
    "text": {"color": SOFT, "fontSize": 12},
}


def svg(spec: Spec) -> str:
    """The chart as SVG to put into a page; links in it lead to addresses of ours."""
    return _svg(_text(spec), _locale()).replace(f'xlink:href="{_BASE}', 'href="')


def png(spec: Spec) -> bytes:
    """The chart as a picture on paper, twice as fine as a screen."""
    on_paper = {**spec, "background": PAPER, "padding": 12}
    name = _locale()
    return vl_convert.vegalite_to_png(
        _text(on_paper),
        scale=_SCALE,
        config=_CONFIG,
        allowed_base_urls=[],
        format_locale=name,
        time_format_locale=name,
    )


@lru_cache(maxsize=_KEPT)
def _svg(text: str, name: _Locale) -> str:
    return vl_convert.vegalite_to_svg(
        text,
        config=_CONFIG,
        allowed_base_urls=[],
        format_locale=name,
        time_format_locale=name,
    )


def _text(spec: Spec) -> str:
    schema = "https://vega.github.io/schema/vega-lite/v5.json"
    return json.dumps({"$schema": schema, **spec}, sort_keys=True)


def _locale() -> _Locale:
    return _LOCALES.get(locale(), "en-US")
