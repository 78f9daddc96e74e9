"""What a paged rendering is given to lay out: sections, tables, columns, and how figures follow from each other.

What goes in: plain frozen values. What stays out: where they come from (pages) and how they look (pdf, workbook).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Meaning = Literal["text", "id", "rule", "money", "number", "state", "time"]


class State(NamedTuple):
    """How something ended, and the word a reader sees."""

    state: str
    word: str


Cell = str | int | State | None
"""A text (in a column of money: minor units), a count, a state; none where there is no value."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    title: str
    meaning: Meaning = "text"
    currency: str | None = None
    """The currency of every amount in the column; none where each row names its own."""
    beneath: str | None = None
    """The title of the column under whose text this one is set where a page is narrow."""
    less: tuple[str, str] | None = None
    """The titles of two columns of which this one is the first less the second."""


@dataclass(frozen=True)
class Total:
    """A row that follows from others: in every column of money, the sum of some rows less the sum of others."""

    row: int
    plus: tuple[int, ...]
    minus: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows under their columns; `total` tells of more rows than are here, and `rows_path` where all of them are."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int | None = None
    rows_path: str | None = None
    totals: tuple[Total, ...] = ()
    foots: int | None = None
    """The row that says whether the row above it is zero."""
    blank: bool = False
    """Whether people fill it in by hand."""
    worked: bool = False
    """Whether each row is something a person works on, and says what became of it."""
    linked: bool = False
    """Whether what is said of a rule elsewhere leads to its row here."""

    def currency(self, row: int, column: int) -> str | None:
        """Return the currency of an amount: of its column, or the one its row names."""
        if self.columns[column].currency is not None:
            return self.columns[column].currency
        titles = [each.title for each in self.columns]
        return str(self.rows[row][titles.index("Currency")]) if "Currency" in titles else None

    @property
    def laid(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Return the places of the columns that stand by themselves, each with those set beneath it."""
        return tuple(
            (place, tuple(other for other, below in enumerate(self.columns) if below.beneath == column.title))
            for place, column in enumerate(self.columns)
            if not column.beneath
        )

    def rule_of(self, row: Sequence[Cell]) -> str:
        """Return the rule a row is of."""
        return str(row[[each.meaning for each in self.columns].index("rule")])

    @property
    def many(self) -> int:
        """How many rows there are in all."""
        return len(self.rows) if self.total is None else self.total


@dataclass(frozen=True)
class Panel:
    """A drawing: what it is of, what it says in a sentence, and its SVG."""

    currency: str
    sentence: str
    svg: str


@dataclass(frozen=True)
class Section:
    """One part of the report; one without any row says `nothing` in its place."""

    title: str
    lead: str
    tables: tuple[Table, ...]
    nothing: str | None = None
    drawn: bool = False
    """Whether the charts of the roll-forward belong to it."""
    panels: tuple[Panel, ...] = ()
    """Charts of its own."""
    number: str = ""
    """The number it is known by, or the letter of an annex."""

    @property
    def said(self) -> str:
        """What stands above its tables: its lead, or that there is nothing to lay out."""
        filled = self.panels or any(each.rows or each.total for each in self.tables)
        return self.lead if filled or self.nothing is None else self.nothing


def table(name: str, columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]]) -> Table:
    """Make a table that is whole."""
    return Table(name, tuple(columns), tuple(rows))
