"""The one chart of the report: how each currency went from its opening to its closing.

What goes in: geometry in whole pixels, exact labels. What stays out: figures the model does not hold.
Light and dark mode recolour the fixed inks below (see `report.css`); altair is imported on first use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from reports.sections import CurrencyRollForward
from reports.tables import Panel
from reports.wording import amount, title

INKS = {"total": "#2b4a6f", "in": "#2e7d5b", "out": "#b4443c", "text": "#1b2530", "line": "#aab4bf"}
PANELS = 6
ROW, BAR, FONT = 22, 12, 12
CHARACTER, GAP, LEAST = 7, 16, 90


@dataclass(frozen=True)
class Step:
    """One row of a waterfall: the running sum before and after it, in minor units."""

    name: str
    start: int
    end: int
    ink: str

    @property
    def moved(self) -> int:
        """The amount the row stands for, in minor units."""
        return self.end - self.start


def waterfalls(lines: Sequence[CurrencyRollForward], decimals: Mapping[str, int]) -> tuple[Panel, ...]:
    """One panel for each of the six currencies with most transactions; one alone is drawn wide."""
    moved = [line for line in lines if line.movements]
    moved.sort(key=lambda line: (-sum(each.transactions for each in line.movements), line.currency))
    chosen = sorted(moved[:PANELS], key=lambda line: line.currency)
    names = list(dict.fromkeys(each.kind for line in chosen for each in line.movements))
    width = 860 if len(chosen) == 1 else 390
    return tuple(_panel(line, names, decimals.get(line.currency), width) for line in chosen)


def _panel(line: CurrencyRollForward, kinds: Sequence[str], decimals: int | None, width: int) -> Panel:
    steps = tuple(_steps(line, kinds))
    opening, closing = amount(line.opening, decimals), amount(line.closing_by_kind, decimals)
    sentence = f"{line.currency} from {opening} to {closing}"
    return Panel(currency=line.currency, sentence=sentence, svg=_draw(steps, decimals, width))


def _steps(line: CurrencyRollForward, kinds: Sequence[str]) -> list[Step]:
    start = int(line.opening)
    steps = [Step("Opening", 0, start, "total")]
    amounts = {each.kind: int(each.amount) for each in line.movements}
    moves = [("Taken over", int(line.taken_over))] if int(line.taken_over) else []
    for name, moved in moves + [(title(kind), amounts.get(kind, 0)) for kind in kinds]:
        steps.append(Step(name, start, start + moved, "in" if moved >= 0 else "out"))
        start += moved
    return [*steps, Step("Closing", 0, start, "total")]


@lru_cache(maxsize=128)
def _draw(steps: tuple[Step, ...], decimals: int | None, width: int) -> str:
    """Draw once what several renderings show."""
    import vl_convert  # noqa: PLC0415 - a renderer that only a report needs

    rows = _placed(steps, [amount(step.moved, decimals).removesuffix(" minor") for step in steps], width)
    specification = _specification(width, ROW * len(steps)) | {"data": {"values": rows}}
    return str(vl_convert.vegalite_to_svg(specification))


@cache
def _specification(width: int, height: int) -> dict[str, Any]:
    """Specify the waterfall of so many pixels without its data; the caller must not change it."""
    import altair as alt  # noqa: PLC0415 - half a second of import that only a report needs

    def across(field: str) -> Any:  # noqa: ANN401 - altair's channels have no type worth naming
        return alt.X(field, type="quantitative", axis=None, scale=alt.Scale(domain=[0, width], nice=False))

    def down(field: str) -> Any:  # noqa: ANN401
        return alt.Y(field, type="quantitative", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))

    drawn, inks = alt.Chart(), alt.Scale(domain=list(INKS), range=list(INKS.values()))
    ink = alt.Color("ink", type="nominal", scale=inks, legend=None)
    words: dict[str, Any] = {
        "baseline": "middle",
        "fontSize": FONT,
        "font": "Tieout Sans",
        "color": INKS["text"],
    }
    layers = alt.layer(
        drawn.mark_rule(color=INKS["line"]).encode(x=across("end"), y=down("foot"), y2="next"),
        drawn.mark_rect().encode(x=across("x"), x2="x2", y=down("y"), y2="foot", color=ink),
        drawn.mark_text(align="right", **words).encode(x=across("name_x"), y=down("middle"), text=_text("name")),
        drawn.mark_text(align="left", **words).encode(x=across("label_x"), y=down("middle"), text=_text("label")),
        data=alt.InlineData(values=[]),
    )
    chart = layers.properties(width=width, height=height, padding=0, autosize="none", background="transparent")
    specification: dict[str, Any] = chart.configure(aria=False).configure_view(stroke=None).to_dict()
    return specification


def _text(field: str) -> Any:  # noqa: ANN401
    import altair as alt  # noqa: PLC0415

    return alt.Text(field, type="nominal")


def _placed(steps: Sequence[Step], labels: Sequence[str], width: int) -> list[dict[str, Any]]:
    """Place every row in whole pixels; the sums themselves never become floats."""
    edge = CHARACTER * max(len(step.name) for step in steps) + GAP
    room = max(width - edge - CHARACTER * max(map(len, labels)) - GAP, LEAST)
    ends = [0, *(step.start for step in steps), *(step.end for step in steps)]
    low, span = min(ends), max(max(ends) - min(ends), 1)

    def pixel(value: int) -> int:
        return edge + (value - low) * room // span

    rows = []
    for place, (step, label) in enumerate(zip(steps, labels, strict=True)):
        left, right = sorted((pixel(step.start), pixel(step.end)))
        top = place * ROW + (ROW - BAR) // 2
        below = top + ROW if place < len(steps) - 1 else top + BAR
        rows.append(
            {
                "name": step.name, "label": label, "ink": step.ink,
                "x": left, "x2": max(right, left + 1), "y": top, "foot": top + BAR, "next": below,
                "end": pixel(step.end), "middle": top + BAR // 2, "name_x": edge - 10, "label_x": right + 6,
            }
        )  # fmt: skip
    return rows
