"""When things happen: the ledger's period, the rhythm of its weeks and hours, its growth.

Instants are whole milliseconds since 1970, UTC. What happens at them is not decided here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


def instant(moment: datetime) -> int:
    """Return a moment as milliseconds since 1970."""
    return int(moment.timestamp()) * 1000


SECOND = 1000
HOUR = 3600 * SECOND
DAY = 24 * HOUR

LEDGER_START = datetime(2025, 1, 1, tzinfo=UTC)
CUT = datetime(2025, 7, 17, 9, tzinfo=UTC)
FIRST = instant(LEDGER_START)
LAST = instant(CUT)
BORDER = instant(datetime(2025, 4, 1, tzinfo=UTC))
"""Where two months meet, for faults on either side."""

# What an ordinary day leaves free at both ends, for the first and the last row of the ledger.
_MARGIN = 6 * HOUR
# Two events of a cohort are further apart than the 120 s in which a repeated transaction is suspect.
_GAP = 121 * SECOND
_POINTS = 1 << 14
_CAIRO = timedelta(hours=2)
_QUIET_DAYS = {4: 0.45, 5: 0.65}  # Friday and Saturday
# fmt: off
_RHYTHM = (0.35, 0.2, 0.12, 0.08, 0.06, 0.08, 0.15, 0.35, 0.6, 0.9, 1.05, 1.1,
           1.1, 1.0, 1.0, 1.05, 1.1, 1.15, 1.25, 1.5, 1.75, 1.7, 1.2, 0.7)
# fmt: on


def _weight(ms: int) -> float:
    """Return how busy the quarter of an hour is that begins at `ms`."""
    local = datetime.fromtimestamp(ms / 1000, UTC) + _CAIRO
    growth = exp(0.6 * (ms - FIRST) / (LAST - FIRST))
    return growth * _RHYTHM[local.hour] * _QUIET_DAYS.get(local.weekday(), 1.0)


@cache
def _quantiles() -> list[float]:
    """Return the instants that part the period into stretches of equal business."""
    begin, end, step = FIRST + _MARGIN, LAST - _MARGIN, HOUR // 4
    starts = range(begin, end, step)
    weights = [_weight(start) for start in starts]
    share = sum(weights) / _POINTS
    points: list[float] = []
    passed = 0.0
    for start, weight in zip(starts, weights, strict=True):
        while len(points) * share <= passed + weight and len(points) < _POINTS:
            points.append(start + step * (len(points) * share - passed) / weight)
        passed += weight
    return [*points, *[float(end)] * (_POINTS + 2 - len(points))]


class Clock:
    """The instants of one cohort, ascending, from its start (0 to 1 of all business) to the cut."""

    def __init__(self, random: Random, start: float, ticks: int) -> None:
        """Spread about `ticks` instants evenly over the rest of the business."""
        self._random = random.random
        self._start = start
        self._step = (1 - start) / ticks
        self._points = _quantiles()
        self._ticks = 0
        self._last = 0

    def tick(self) -> int:
        """Return the next instant, always over 120 s after the one before."""
        place = min(self._start + (self._ticks + self._random()) * self._step, 1.0) * _POINTS
        self._ticks += 1
        index = int(place)
        point = self._points[index]
        ms = int(point + (place - index) * (self._points[index + 1] - point))
        if ms < self._last + _GAP:
            ms = self._last + _GAP + int(self._random() * 9 * SECOND)
        self._last = ms
        return ms
