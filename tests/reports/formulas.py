"""A spreadsheet in a few lines: the formulas that workpapers use, computed again in exact decimals.

What goes in: sums, differences, rounding, one comparison. What stays out: any other formula, which is an error.
"""

import re
from decimal import Decimal
from typing import Any

CELL = r"(?:'([^']+)'!)?([A-Z]+)(\d+)"


def value_of(book: Any, sheet: str, cell: str) -> Any:  # noqa: ANN401 - openpyxl's workbook, and any value
    """Return what a cell shows once everything is computed again; text counts as nothing in a sum."""
    held = book[sheet][cell].value
    if not (isinstance(held, str) and held.startswith("=") and book[sheet][cell].data_type == "f"):
        return Decimal(repr(held)) if isinstance(held, int | float) else held
    return _computed(book, sheet, held[1:])


def _computed(book: Any, sheet: str, text: str) -> Any:  # noqa: ANN401
    if found := re.fullmatch(CELL, text):
        return value_of(book, found[1] or sheet, found[2] + found[3])
    if found := re.fullmatch(r'IF\(([A-Z]+\d+)=0,"(\w+)","(\w+)"\)', text):
        return found[2] if value_of(book, sheet, found[1]) == 0 else found[3]
    found = re.fullmatch(r"ROUND\((.+),(\d+)\)", text)
    assert found, f"{text} is no formula of ours"
    plus, _, minus = found[1].partition("-")
    total = _added(book, sheet, plus) - (_added(book, sheet, minus) if minus else 0)
    return round(total, int(found[2]))


def _added(book: Any, sheet: str, text: str) -> Decimal:  # noqa: ANN401
    found = re.fullmatch(r"SUM\(([A-Z]+)(\d+):([A-Z]+)(\d+)\)", text)
    cells = [f"{found[1]}{row}" for row in range(int(found[2]), int(found[4]) + 1)] if found else [text]
    held = [value_of(book, sheet, cell) for cell in cells]
    return sum((each for each in held if isinstance(each, Decimal)), Decimal(0))
