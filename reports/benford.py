"""The first digits of amounts against Benford's law, exactly: shares in millionths, no floats.

What goes in: counts by digits. What stays out: which amounts are counted (sql/first_digits), and words.
Limits: Nigrini, Benford's Law (2012); excess deviation: Barney and Schulzke (2016).
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from reports.analytic import DigitCount, DigitTest

MILLION = 1_000_000
ENOUGH_FOR_TWO, ENOUGH_FOR_ONE = 1_000, 300
"""How many amounts either test needs."""
LIMITS = {"first two digits": (1_200, 1_800, 2_200), "first digit": (6_000, 12_000, 15_000)}
"""Mean absolute deviation in millionths up to which conformity is close, acceptable, marginal."""
BY_CHANCE = Decimal("158.8")
"""Of n amounts that follow the law, the first two digits deviate by about 1 / sqrt(158.8 n)."""

Population = Literal["deposits and withdrawals", "adjustments"]


def digit_test(currency: str, population: Population, counts: Mapping[int, int]) -> DigitTest:
    """Test the counts of the first two digits, 10 to 99; under 0 stand the amounts that have no second digit."""
    pairs = {digits: number for digits, number in counts.items() if digits}
    looked_at = sum(pairs.values())
    test, found = _chosen(pairs, looked_at)
    deviation = _deviation(found, looked_at) if found else None
    return DigitTest(
        currency=currency,
        population=population,
        transactions=looked_at,
        too_small=counts.get(0, 0),
        test=test,
        deviation=None if deviation is None else round(deviation * MILLION),
        excess=_excess(deviation, looked_at) if deviation is not None and test == "first two digits" else None,
        conformity=None if deviation is None else _grade(test, round(deviation * MILLION)),
        digits=tuple(_counted(digits, number, looked_at) for digits, number in found.items()),
    )


def _chosen(
    pairs: Mapping[int, int], looked_at: int
) -> tuple[Literal["first two digits", "first digit", "not run"], dict[int, int]]:
    if looked_at >= ENOUGH_FOR_TWO:
        return "first two digits", {digits: pairs.get(digits, 0) for digits in range(10, 100)}
    if looked_at >= ENOUGH_FOR_ONE:
        return "first digit", {
            first: sum(number for digits, number in pairs.items() if digits // 10 == first) for first in range(1, 10)
        }
    return "not run", {}


def expected(digits: int) -> Fraction:
    """Return the share of numbers that begin with these digits, to 28 places."""
    return Fraction((Decimal(digits + 1) / Decimal(digits)).log10())


def _deviation(found: Mapping[int, int], looked_at: int) -> Fraction:
    off = (abs(Fraction(number, looked_at) - expected(digits)) for digits, number in found.items())
    return sum(off, Fraction(0)) / len(found)


def _excess(deviation: Fraction, looked_at: int) -> int:
    return round((deviation - 1 / Fraction((BY_CHANCE * looked_at).sqrt())) * MILLION)


def _grade(test: str, deviation: int) -> Literal["close", "acceptable", "marginal", "nonconforming"]:
    close, acceptable, marginal = LIMITS[test]
    if deviation <= close:
        return "close"
    if deviation <= acceptable:
        return "acceptable"
    return "marginal" if deviation <= marginal else "nonconforming"


def _counted(digits: int, number: int, looked_at: int) -> DigitCount:
    """Count one group of digits; z has the usual correction of half an amount where that makes it no less than zero."""
    share = expected(digits)
    off = max(abs(Fraction(number, looked_at) - share) - Fraction(1, 2 * looked_at), Fraction(0))
    variance = share * (1 - share) / looked_at
    spread = Fraction((Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt())
    return DigitCount(digits=digits, transactions=number, expected=round(share * MILLION), z=round(off / spread * 100))
