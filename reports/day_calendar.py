"""The days of a month as a calendar, each in the ink of what it stands for, as SVG.

What goes in: days and inks. What stays out: what an ink means (day_pages). Weeks are rows, from Monday to Sunday.
"""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from reports.bars import WIDE, drawing
from reports.charts import INKS

CELL, ROW, HEAD, GAP, NUMBER = WIDE // 7, 22, 22, 6, 26
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Day(NamedTuple):
    """A day and the ink it is drawn in."""

    day: date
    ink: str


@lru_cache(maxsize=128)
def calendar(days: tuple[Day, ...]) -> str:
    """Draw the days, which are those of one month, week under week."""
    names = [
        {"x": place * CELL + (CELL + NUMBER) // 2, "y": HEAD - 12, "text": name} for place, name in enumerate(WEEKDAYS)
    ]
    boxes, numbers = [], []
    for each in days:
        left, top = each.day.weekday() * CELL, HEAD + _week(each.day) * ROW
        side = {"x": left + NUMBER, "x2": left + CELL - GAP}
        boxes.append({**side, "y": top, "y2": top + ROW - GAP, "ink": INKS[each.ink]})
        numbers.append({"x": left + NUMBER // 2, "y": top + (ROW - GAP) // 2, "text": str(each.day.day)})
    weeks = max(_week(each.day) for each in days) + 1
    return drawing(WIDE, HEAD + weeks * ROW, {"rect": boxes, "text": names + numbers})


def _week(day: date) -> int:
    """Return the row of a day: the weeks that began in its month before it."""
    return (day.day + day.replace(day=1).weekday() - 1) // 7
