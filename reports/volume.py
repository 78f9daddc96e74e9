"""The days of a month: how many transactions each has and should have, and which of them were reconciled.

What goes in: counts by day, the verdicts of earlier cuts. What stays out: queries, words.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from statistics import median
from typing import Literal

from reports.analytic import DayVolume, ReconciledDay

WEEKS = 8
SPREAD = Fraction(35, 10) * Fraction(14826, 10000)
"""Limits lie 3.5 robust standard deviations around the median; 1.4826 times the median deviation is one."""
WORST = ("CLEAN", "NOT VERIFIED", "BROKEN")


def days_of(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def volumes(
    counts: Mapping[date, int], first: date, last: date, *, began: date, unfinished: date | None
) -> Iterator[DayVolume]:
    """Judge each day by the same weekday of the eight weeks before, as far as the ledger goes back."""
    for day in days_of(first, last):
        before = [day - timedelta(weeks=weeks) for weeks in range(1, WEEKS + 1)]
        number = counts.get(day, 0)
        limits = _limits([counts.get(each, 0) for each in before]) if before[-1] >= began else None
        yield DayVolume(
            day=day.isoformat(),
            transactions=number,
            least=limits and limits[0],
            most=limits and limits[1],
            standing=_standing(number, limits) if limits and day != unfinished else "not judged",
        )


def _limits(counts: list[int]) -> tuple[int, int]:
    """Return the least and the most whole numbers within the limits."""
    middle = Fraction(median(map(Fraction, counts)))
    spread = SPREAD * Fraction(median(abs(number - middle) for number in counts))
    return max(-((spread - middle) // 1), 0), (middle + spread) // 1


def _standing(number: int, limits: tuple[int, int]) -> Literal["within", "above", "below"]:
    if number < limits[0]:
        return "below"
    return "above" if number > limits[1] else "within"


def reconciled_days(verdicts: Iterable[tuple[date, str]], first: date, last: date) -> Iterator[ReconciledDay]:
    """Give every day the worst verdict of the cuts that lie in it."""
    found: dict[date, list[str]] = {}
    for day, verdict in verdicts:
        found.setdefault(day, []).append(verdict)
    for day in days_of(first, last):
        own = found.get(day, [])
        yield ReconciledDay(
            day=day.isoformat(),
            reconciliations=len(own),
            standing=max(own, key=WORST.index) if own else "not done",  # type: ignore[arg-type] # words of verdicts
        )
