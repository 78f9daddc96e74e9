"""How wide each column of a printed table is, and where a text too long for its column is broken.

What goes in: widths measured from the fonts, shared out. What stays out: the page around a table (pdf).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.letters import face

SIZES = {"text": 7.8, "id": 6.9, "strong": 7.8}
GUTTER = 9.0
BRACKET = 0.335
"""What a figure that needs no closing bracket leaves free for it, in ems."""
SLACK = 0.4
FLOWING = {"text", "time"}
NARROWEST_ID, NARROWEST_TEXT, WIDEST_WORD = 12, 42.0, 84.0
BREAK = "\u200b"
"""Where a line may end inside a word; it is not seen."""


@dataclass(frozen=True)
class Measured:
    """One column before the width of the page is shared out."""

    natural: float
    least: float


@dataclass(frozen=True)
class Fit:
    """The widths of a table's columns in points, gutters apart, and by how much its letters are made smaller."""

    widths: tuple[float, ...]
    scale: float


def measured(use: str, title: str, cells: Sequence[str]) -> Measured:
    """Measure a column: ids may be cut anywhere, text and instants at spaces, figures nowhere."""
    letters, size = face("id" if use == "id" else "text"), SIZES["id" if use == "id" else "text"]
    aside = BRACKET * size if use == "money" else 0.0
    strong = face("strong")
    heading = max(strong.width(word, SIZES["strong"]) for word in title.split(" ")) + aside + SLACK
    widest = max((letters.width(cell, size) for cell in cells), default=0) + aside + SLACK
    natural = max(widest, strong.width(title, SIZES["strong"]) + aside + SLACK)
    if use == "id":
        narrow = letters.width("0", size) * NARROWEST_ID + SLACK
        return Measured(natural=natural, least=max(heading, min(widest, narrow)))
    if use not in FLOWING:
        return Measured(natural=natural, least=max(heading, widest))
    longest = max((letters.width(word, size) for cell in cells for word in cell.split(" ")), default=0)
    least = max(heading, min(widest, max(NARROWEST_TEXT, min(longest + SLACK, WIDEST_WORD))))
    return Measured(natural=natural, least=least)


def fitted(columns: Sequence[Measured], page: float) -> Fit:
    """Share out the width of the page; where not even the least fits, everything is made smaller."""
    room = page - GUTTER * (len(columns) - 1)
    least = sum(column.least for column in columns)
    if least > room:
        return Fit(tuple(column.least * room / least for column in columns), room / least)
    widths = _shared(columns, room)
    spare = (room - sum(widths)) / max(len(columns), 1)
    return Fit(tuple(width + spare for width in widths), 1.0)


def _shared(columns: Sequence[Measured], room: float) -> list[float]:
    """Give each column what it would like, and the widest only as much as is left over by the others."""
    marks = sorted({0.0, *(column.natural for column in columns), *(column.least for column in columns)})

    def widths(level: float) -> list[float]:
        return [min(column.natural, max(column.least, level)) for column in columns]

    if sum(widths(marks[-1])) <= room:
        return widths(marks[-1])
    low, high = next((low, high) for low, high in pairwise(marks) if sum(widths(high)) > room)
    used, more = sum(widths(low)), sum(widths(high))
    return widths(low + (high - low) * (room - used) / (more - used))


def lines(text: str, width: float) -> list[str]:
    """Cut an id, whose letters are all as wide as each other, into lines of the column."""
    letters = max(1, int((width + 0.01) // face("id").width("0", SIZES["id"])))
    return [text[place : place + letters] for place in range(0, len(text), letters)] or [""]


def breakable(text: str, width: float) -> str:
    """Let words that are wider than their column end a line anywhere."""
    letters, size = face("text"), SIZES["text"]
    return " ".join(
        BREAK.join(word) if len(word) * size > width and letters.width(word, size) > width else word
        for word in text.split(" ")
    )
