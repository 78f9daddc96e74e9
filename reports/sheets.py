"""One table on a worksheet: figures as numbers where a spreadsheet holds them exactly, and formulas that live.

What goes in: cells, formats, formulas with the value the report holds. What stays out: which sheets there are
(workbook), and any figure the model does not hold: a formula is written only where it gives the report's own figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reports.page_one import STATES
from reports.printed import instant_of_row, note
from reports.tables import Cell, State, Table, Total
from reports.wording import amount, spelled, visible

DIGITS = 15
"""How many digits of a number a spreadsheet keeps."""
LONGEST = 32_000
"""A cell holds 32,767 characters; the rest is room to say how many there were."""
ROWS = 1_048_576 - 64
"""How many rows a worksheet holds, less those around a table."""
WIDEST, NARROWEST = 60, 9
LINE, HIGH = 60, 13
DISPOSITIONS = ("open", "timing", "corrected by entry", "projection rebuilt", "accepted", "false positive")
WORK = ("Disposition", "Owner", "Note")
INKS = {"held": "#1f7148", "broken": "#b0281f", "unverified": "#8a5a00", "empty": "#5a6673", "absent": "#6f7a85"}
ASKED = "#fff8d6"


@dataclass
class Looks:
    """The formats of a workbook, each made once."""

    book: Any
    made: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def look(self, **properties: Any) -> Any:  # noqa: ANN401 - the library's own properties and format
        """Return the format of these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            everywhere = {"font_name": "Arial", "font_size": 9, "valign": "top"}
            self.made[key] = self.book.add_format(everywhere | properties)
        return self.made[key]


def exact(minor: str, decimals: int | None) -> float | None:
    """Return an amount in major units, or none where a spreadsheet would not hold every digit of it."""
    if len(minor.lstrip("-")) > DIGITS:
        return None
    return float(Decimal(minor).scaleb(-(decimals or 0)))


def money_format(decimals: int | None) -> str:
    """Write the number format of a currency: grouped, its own decimals, brackets below zero."""
    digits = "#,##0" + ("." + "0" * decimals if decimals else "") + ('" minor"' if decimals is None else "")
    return f"{digits}_);({digits})"


def text_of(value: str) -> str:
    """Return a text as a cell can hold it: nothing unseen, nothing a file may not contain, nothing too long."""
    seen = "".join(spelled(each) if each in "\ufffe\uffff" else each for each in visible(value))
    return seen if len(seen) <= LONGEST else f"{seen[:LONGEST]} \u2026 cut here, {len(seen):,} characters in all"


@dataclass
class Sheet:
    """A worksheet that is filled from the top; `row` is the next free one, counted from 0."""

    sheet: Any
    looks: Looks
    decimals: Mapping[str, int]
    row: int = 0
    widths: dict[int, int] = field(default_factory=dict)
    prose: list[tuple[int, str]] = field(default_factory=list)

    def line(self, text: str, **properties: Any) -> None:  # noqa: ANN401 - the library's own properties
        """Write one line of text."""
        self.sheet.write_string(self.row, 0, text_of(text), self.looks.look(**properties))
        self.row += 1

    def say(self, text: str) -> None:
        """Keep a line free for prose, which is set across all columns once their widths are known."""
        self.prose.append((self.row, text_of(text)))
        self.row += 1

    def table(self, table: Table, *, named: bool) -> int:
        """Write a table and return its first row of data."""
        shown = min(len(table.rows), ROWS)
        if named:
            self.line(table.name, bold=True, font_size=10)
        if said := note(table, shown):
            self.say(said)
        self._head(table)
        first = self.row
        for row in range(shown):
            self._row(table, row, first)
        if table.worked and shown:
            choice = {"validate": "list", "source": list(DISPOSITIONS)}
            self.sheet.data_validation(first, len(table.columns), self.row - 1, len(table.columns), choice)
            self.sheet.autofilter(first - 1, 0, self.row - 1, len(table.columns) + len(WORK) - 1)
        return first

    def finish(self) -> None:
        """Set the widths of the columns that were written, and the prose across them."""
        widths = {column: min(max(width + 2, NARROWEST), WIDEST) for column, width in sorted(self.widths.items())}
        for column, width in widths.items():
            self.sheet.set_column(column, column, width)
        look = self.looks.look(font_color="#5a6673", text_wrap=True)
        for row, text in self.prose:
            lines = -(-len(text) // max(sum(widths.values()), LINE)) if widths else 1
            self.sheet.set_row(row, HIGH * lines)
            if len(widths) > 1:
                self.sheet.merge_range(row, 0, row, max(widths), text, look)
            else:
                self.sheet.write_string(row, 0, text, self.looks.look(font_color="#5a6673"))

    def _head(self, table: Table) -> None:
        rule = {"bold": True, "top": 2, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        for place, column in enumerate(table.columns):
            aligned = {"align": "right"} if column.meaning in {"money", "number"} else {}
            self.sheet.write_string(self.row, place, text_of(column.title), self.looks.look(**rule, **aligned))
            self._widen(place, len(column.title))
        for place, title in enumerate(WORK if table.worked else (), len(table.columns)):
            self.sheet.write_string(self.row, place, title, self.looks.look(**rule, bg_color=ASKED, indent=1))
            self._widen(place, 24)
        self.row += 1

    def _row(self, table: Table, row: int, first: int) -> None:
        edge: dict[str, Any] = {"bottom": 2} if row == min(len(table.rows), ROWS) - 1 else {}
        if any(total.row == row and not total.minus for total in table.totals):
            edge |= {"top": 1, "bold": True}
        for place in range(len(table.columns)):
            self._cell(table, row, place, first, edge)
        if table.worked:
            asked = self.looks.look(bg_color=ASKED, indent=1, **edge)
            self.sheet.write_string(self.row, len(table.columns), DISPOSITIONS[0], asked)
            for place in range(1, len(WORK)):
                self.sheet.write_blank(self.row, len(table.columns) + place, None, asked)
        self.row += 1

    def _cell(self, table: Table, row: int, place: int, first: int, edge: Mapping[str, Any]) -> None:
        cell, column = table.rows[row][place], table.columns[place]
        if isinstance(cell, State):
            look = self.looks.look(bold=True, font_color=INKS[STATES[cell.state]], align="left", **edge)
            if row == table.foots:
                look = self.looks.look(bold=True, font_color=INKS[STATES[cell.state]], align="right", **edge)
            self._state(table, row, place, first, look)
        elif isinstance(cell, int):
            self._count(cell, place, edge)
        elif column.meaning == "money" and cell:
            self._money(table, row, place, first, edge)
        else:
            blank = {"bg_color": ASKED} if table.blank and not cell else {}
            written = text_of(instant_of_row(cell or "") if column.meaning == "time" else cell or "")
            self._widen(place, len(written))
            wrap = {"text_wrap": True} if column.meaning == "text" and len(written) > WIDEST else {}
            self.sheet.write_string(self.row, place, written, self.looks.look(**blank, **wrap, **edge))

    def _count(self, count: int, place: int, edge: Mapping[str, Any]) -> None:
        """Write a whole number as one, or as text where a spreadsheet would not hold every digit of it."""
        self._widen(place, len(f"{count:,}"))
        if len(str(abs(count))) > DIGITS:
            self.sheet.write_string(self.row, place, f"{count:,}", self.looks.look(align="right", **edge))
        else:
            self.sheet.write_number(self.row, place, count, self.looks.look(num_format="#,##0", **edge))

    def _money(self, table: Table, row: int, place: int, first: int, edge: Mapping[str, Any]) -> None:
        minor, decimals = str(table.rows[row][place]), self._decimals(table, row, place)
        number, written = exact(minor, decimals), amount(minor, decimals)
        self._widen(place, len(written) + 1)
        if number is None:
            self.sheet.write_string(self.row, place, written, self.looks.look(align="right", **edge))
            return
        look = self.looks.look(num_format=money_format(decimals), **edge)
        if formula := self._formula(table, row, place, first):
            self.sheet.write_formula(self.row, place, formula, look, number)
        else:
            self.sheet.write_number(self.row, place, number, look)

    def _state(self, table: Table, row: int, place: int, first: int, look: Any) -> None:  # noqa: ANN401 - a format
        state = table.rows[row][place]
        word = str(state.word) if isinstance(state, State) else ""
        self._widen(place, len(word))
        total = next((each for each in table.totals if each.row == row - 1), None) if row == table.foots else None
        if total and self._formula(table, total.row, place, first):
            above = cell_name(first + total.row, place)
            self.sheet.write_formula(self.row, place, f'=IF({above}=0,"yes","no")', look, word)
        else:
            self.sheet.write_string(self.row, place, word, look)

    def _formula(self, table: Table, row: int, place: int, first: int) -> str | None:
        """Write how a figure follows from others, where it does so exactly and all of them are numbers."""
        decimals = self._decimals(table, row, place) or 0
        if total := next((each for each in table.totals if each.row == row), None):
            return _total(table, total, place, first, decimals)
        less = table.columns[place].less
        titles = [column.title for column in table.columns]
        if not less or not {*less} <= {*titles}:
            return None
        whole, part = (titles.index(title) for title in less)
        if not _follows(table.rows[row][place], [table.rows[row][whole]], [table.rows[row][part]]):
            return None
        return f"=ROUND({cell_name(first + row, whole)}-{cell_name(first + row, part)},{decimals})"

    def _decimals(self, table: Table, row: int, place: int) -> int | None:
        return self.decimals.get(table.currency(row, place) or "")

    def _widen(self, place: int, width: int) -> None:
        self.widths[place] = max(width, self.widths.get(place, 0))


def cell_name(row: int, column: int) -> str:
    """Name a cell as spreadsheets do: row 0 and column 27 is AB1."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return f"{letters}{row + 1}"


def _total(table: Table, total: Total, place: int, first: int, decimals: int) -> str | None:
    plus, minus = ([table.rows[row][place] for row in rows] for rows in (total.plus, total.minus))
    if not _follows(table.rows[total.row][place], plus, minus):
        return None

    def added(rows: tuple[int, ...]) -> str:
        ends = cell_name(first + rows[0], place), cell_name(first + rows[-1], place)
        return ends[0] if len(rows) == 1 else f"SUM({ends[0]}:{ends[1]})"

    return f"=ROUND({added(total.plus)}{f'-{added(total.minus)}' if total.minus else ''},{decimals})"


def _follows(result: Cell, plus: list[Cell], minus: list[Cell]) -> bool:
    """Tell whether the report's own figure is the sum, with every figure small enough to be a number."""
    figures = [str(each) for each in (result, *plus, *minus) if each is not None]
    if any(len(each.lstrip("-")) > DIGITS or not each.lstrip("-").isdigit() for each in figures):
        return False
    added = sum(int(str(each)) for each in plus if each is not None)
    return result is not None and added - sum(int(str(each)) for each in minus if each is not None) == int(str(result))
