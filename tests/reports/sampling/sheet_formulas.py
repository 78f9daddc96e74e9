"""A spreadsheet in a few lines for the evaluation sheet: its formulas become Python over exact decimals.

What goes in: the nine functions that the sheet uses. What stays out: any other, which is an error.
"""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CELL = r"\$?([A-Z]+)\$?(\d+)"


def value_of(sheet: Any, cell: str) -> Any:  # noqa: ANN401 - openpyxl's sheet, and any value
    """Return what a cell shows once all is computed again."""
    held = sheet[cell].value
    if sheet[cell].data_type != "f":
        return Decimal(repr(held)) if isinstance(held, int | float) else held
    strings = re.findall(r'"[^"]*"', held)
    text = re.sub(r'"[^"]*"', "\0", held.removeprefix("="))
    text = re.sub(rf"{CELL}:{CELL}", r"all_of['\1',\2,\4]", text)
    text = re.sub(r"(?<!')\$?\b([A-Z])\$?(\d+)\b", r"one['\1\2']", text)
    text = re.sub(r"(?<![<>=])=", "==", text).replace("<==", "<=").replace("IF(", "IF_(").replace("SUMIF_(", "SUMIF(")
    for each in strings:
        text = text.replace("\0", each, 1)
    assert set(re.findall(r"([A-Z_]+)\(", text)) <= FUNCTIONS.keys(), text
    return eval(text, {**FUNCTIONS, "one": _One(sheet), "all_of": _All(sheet)})  # noqa: S307 - formulas of ours


class _One:
    def __init__(self, sheet: Any) -> None:  # noqa: ANN401
        self.sheet = sheet

    def __getitem__(self, cell: str) -> Any:  # noqa: ANN401
        held = value_of(self.sheet, cell)
        return 0 if held is None else held  # an empty cell counts as 0 and is no number: numbers are decimals here


class _All(_One):
    def __getitem__(self, cells: Any) -> Any:  # noqa: ANN401
        column, first, last = cells
        return [value_of(self.sheet, f"{column}{row}") for row in range(first, last + 1)]


def _numbers(values: list[Any]) -> list[Decimal]:
    return [Decimal(each) for each in values if isinstance(each, Decimal | int)]


def _round(value: Any, places: int) -> Decimal:  # noqa: ANN401
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ROUND": _round,
    "SUM": lambda values: sum(_numbers(values), Decimal(0)),
    "COUNT": lambda values: len(_numbers(values)),
    "SUMIF": lambda values, _: sum((each for each in _numbers(values) if each < 0), Decimal(0)),
    "MAX": lambda *values: max(Decimal(each or 0) for each in values),
    "LARGE": lambda values, rank: sorted(_numbers(values), reverse=True)[rank - 1],
    "ISNUMBER": lambda value: isinstance(value, Decimal),
    "IF_": lambda test, then, otherwise: then if test else otherwise,
}
