"""Bars beside what is expected of them, as SVG: first digits, the volume of days, reconciled days, drift over time.

What goes in: whole pixels. What stays out: figures the model does not hold. Inks are those of `charts`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from reports.charts import FONT, INKS

WIDE, NARROW, HIGH, FOOT, HEAD = 840, 260, 120, 20, 16


class Bar(NamedTuple):
    """One bar: its label, its height, the levels one expects of it, and its ink."""

    label: str
    value: int
    levels: tuple[int, ...] = ()
    ink: str = "total"


@lru_cache(maxsize=128)
def bars(drawn: tuple[Bar, ...], every: int) -> str:
    """Draw the bars side by side, and name every so many of them."""
    top = max((level for bar in drawn for level in (bar.value, *bar.levels)), default=0) or 1
    slot = max(min(WIDE // max(len(drawn), 1), 60), 4)
    marks = {
        "rect": [_box(place, slot, bar, top) for place, bar in enumerate(drawn)],
        "rule": [each for place, bar in enumerate(drawn) for each in _levels(place, slot, bar, top)],
        "text": list(_labels(drawn, slot, every)),
    }
    return drawing(min(max(slot * len(drawn), NARROW), WIDE), HEAD + HIGH + FOOT, marks)


def _box(place: int, slot: int, bar: Bar, top: int) -> dict[str, Any]:
    gap = max(slot // 6, 1)
    return {
        "x": place * slot + gap, "x2": (place + 1) * slot - gap, "y": HEAD + HIGH - bar.value * HIGH // top,
        "y2": HEAD + HIGH, "ink": INKS[bar.ink],
    }  # fmt: skip


def _levels(place: int, slot: int, bar: Bar, top: int) -> list[dict[str, Any]]:
    heights = [HEAD + HIGH - level * HIGH // top for level in bar.levels]
    return [{"x": place * slot, "x2": (place + 1) * slot, "y": each, "ink": INKS["text"]} for each in heights]


def _labels(drawn: Sequence[Bar], slot: int, every: int) -> list[dict[str, Any]]:
    return [
        {"x": place * slot + slot // 2, "y": HEAD + HIGH + FOOT - 6, "text": bar.label}
        for place, bar in enumerate(drawn)
        if place % every == 0
    ]


def drawing(wide: int, high: int, marks: Mapping[str, list[dict[str, Any]]]) -> str:
    """Draw marks (rect, rule, text) at whole pixels, in this order, as SVG."""
    import vl_convert  # noqa: PLC0415 - a renderer that only a report needs

    specification = {
        "width": wide,
        "height": high,
        "padding": 0,
        "autosize": "none",
        "background": "transparent",
        "layer": [_layer(mark, values, wide, high) for mark, values in marks.items()],
        "config": {"aria": False, "view": {"stroke": None}},
    }
    return str(vl_convert.vegalite_to_svg(specification))


def _layer(mark: str, values: list[dict[str, Any]], wide: int, high: int) -> dict[str, Any]:
    at = {
        axis: {"field": axis, "type": "quantitative", "axis": None, "scale": {"domain": domain, "nice": False}}
        for axis, domain in (("x", [0, wide]), ("y", [high, 0]))
    }
    far = {"x2": {"field": "x2"}} | ({"y2": {"field": "y2"}} if mark == "rect" else {})
    ink = {"color": {"field": "ink", "type": "nominal", "scale": None}}
    word = {"text": {"field": "text", "type": "nominal"}}
    look: dict[str, Any] = {"type": mark}
    look |= {"fontSize": FONT - 2, "font": "Tieout Sans", "color": INKS["text"]} if mark == "text" else {}
    encoding = {**at, **(word if mark == "text" else {**far, **ink})}
    return {"data": {"values": values}, "mark": look, "encoding": encoding}
