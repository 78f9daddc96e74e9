"""The report as numbered sections of sentences and tables: what every paged rendering (PDF, workpapers) lays out.

What goes in: order, titles, columns, and which value stands where; amounts stay minor units beside their currency.
What stays out: figures the report does not hold, and how anything looks (pdf, workbook).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Meaning = Literal["text", "id", "money", "number", "state", "time"]
Cell = str | int | None
"""A text, a count, or an amount as text in minor units of the row's currency; none where there is no value."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    title: str
    meaning: Meaning = "text"


@dataclass(frozen=True)
class Table:
    """Rows under their columns; `total` tells of more rows than are here, and `rows_path` where all of them are."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int | None = None
    rows_path: str | None = None

    @property
    def currency(self) -> int | None:
        """The place of the column that names the currency of each row's amounts."""
        titles = [column.title for column in self.columns]
        return titles.index("Currency") if "Currency" in titles else None


@dataclass(frozen=True)
class Section:
    """One numbered part of the report."""

    number: str
    title: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]


def table(name: str, columns: Sequence[tuple[str, Meaning]], rows: Sequence[Sequence[Cell]]) -> Table:
    """Make a table that is whole."""
    return Table(name, tuple(Column(*column) for column in columns), tuple(tuple(row) for row in rows))
