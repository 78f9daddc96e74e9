"""One table as print needs it: texts, already broken, in columns of set widths.

What goes in: how each cell is written and where it breaks. What stays out: what it says (pages), ink (templates).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checks.sentences import counted
from reports.columns import GUTTER, Fit, breakable, fitted, lines, measured
from reports.letters import legible
from reports.page_one import STATES
from reports.tables import State, Table
from reports.wording import amount

MOST_ROWS = 300
FEW, ADDED_UP = 12, 36
"""So many rows stay on one page, and so many of a table that adds up."""
TALL = 24
"""A row of so many lines may be divided by the end of a page."""
RIGHT = {"money", "number"}
Printed = str | list[str] | dict[str, Any]


@dataclass(frozen=True)
class _Cell:
    use: str
    texts: tuple[str, ...]
    state: State | None = None

    @property
    def measured(self) -> tuple[str, ...]:
        return self.texts if self.state is None else (f"00{self.state.word}",)


def printed(table: Table, decimals: Mapping[str, int], page: float, *, titled: bool = False) -> dict[str, Any]:
    """Lay a table out for a page of so many points; `titled` says that its name is set above it."""
    hosts = [place for place, _ in table.laid]
    columns = [table.columns[place] for place in hosts]
    rows = [[_cell(table, row, place, decimals) for place in hosts] for row in range(min(len(table.rows), MOST_ROWS))]
    uses = [_use(table, column.title, column.meaning) for column in columns]
    fit = fitted(
        [
            measured(use, legible(column.title), [text for row in rows for text in row[place].measured])
            for place, (use, column) in enumerate(zip(uses, columns, strict=True))
        ],
        page,
    )
    return {
        "name": legible(table.name),
        "titled": titled,
        "blank": table.blank,
        "note": legible(note(table, len(rows))),
        "widths": fit.widths,
        "gutter": GUTTER,
        "scale": fit.scale,
        "right": [each.meaning in RIGHT for each in columns],
        "uses": [each.meaning for each in columns],
        "head": [legible(each.title) for each in columns],
        "rows": [[_broken(each, fit, place) for place, each in enumerate(row)] for row in rows],
        "whole": all(_lines(row, fit) < TALL for row in rows),
        "together": len(rows) <= (ADDED_UP if table.totals else FEW),
        "totals": [each.row for each in table.totals if not each.minus],
        "apart": table.foots + 1 if table.foots is not None else None,
    }


def _use(table: Table, title: str, meaning: str) -> str:
    """Tell how a column may be broken: what has text set beneath it flows like text."""
    return "text" if any(column.beneath == title for column in table.columns) else meaning


def _cell(table: Table, row: int, place: int, decimals: Mapping[str, int]) -> _Cell:
    column, cell = table.columns[place], table.rows[row][place]
    if isinstance(cell, State):
        return _Cell(column.meaning, (), cell)
    below = dict(table.laid)[place]
    texts = tuple(_text(table, row, each, decimals) for each in (place, *below))
    return _Cell(column.meaning, tuple(text for text in texts if text) if below else texts)


def _text(table: Table, row: int, place: int, decimals: Mapping[str, int]) -> str:
    cell, meaning = table.rows[row][place], table.columns[place].meaning
    if cell is None:
        return "\u2013"
    if isinstance(cell, int):
        return f"{cell:,}"
    if meaning == "money" and cell:
        return amount(str(cell), decimals.get(table.currency(row, place) or ""))
    return legible(instant_of_row(str(cell)) if meaning == "time" else str(cell))


def instant_of_row(text: str) -> str:
    """Write an instant of an exported row with no more digits than it needs."""
    day, _, time = text.replace("Z", "").partition("T")
    return f"{day} {time.rstrip('0').rstrip('.') if '.' in time else time}\u00a0UTC" if time else text


def _broken(cell: _Cell, fit: Fit, place: int) -> Printed:
    """Break what is longer than its column: ids into lines, words where they must."""
    width = fit.widths[place] / fit.scale
    if cell.state is not None:
        return {"tone": STATES[cell.state.state], "word": legible(cell.state.word)}
    if len(cell.texts) != 1:
        return {"stack": [breakable(text, width) for text in cell.texts]}
    text = cell.texts[0]
    if cell.use == "id":
        return lines(text, width)
    return breakable(text, width) if cell.use in {"text", "rule"} else text


def _lines(row: Sequence[_Cell], fit: Fit) -> float:
    """Estimate how many lines a row is high."""
    return max(
        sum(1 + 5 * len(text) * fit.scale / width for text in cell.texts)
        for cell, width in zip(row, fit.widths, strict=True)
    )


def note(table: Table, shown: int) -> str:
    """Say how many rows there are, where that is not plain to see."""
    if table.total is None and shown == len(table.rows):
        return ""
    some = f"{shown:,} of " if shown < table.many else ""
    where = f", all in {table.rows_path}" if table.rows_path else ""
    return f"{some}{counted(table.many, 'row')}{' shown' if some else ''}{where}"
