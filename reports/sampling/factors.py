"""The factors of monetary unit sampling, computed in decimals: no table is copied and no floating point is used.

What goes in: the Poisson factors and the expansion factors. What stays out: what is selected with them (selection).
"""

import itertools
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

EXPANSION = {
    80: Fraction(13, 10),
    85: Fraction(14, 10),
    90: Fraction(15, 10),
    95: Fraction(16, 10),
    99: Fraction(19, 10),
}
"""By how much the misstatement that is expected lowers the interval, for each confidence in percent."""
PLACES = Decimal("0.000001")
MOST = 200
"""Factors beyond so many are not computed: the last step between two is more than any after it, and so prudent."""


@cache
def factors(confidence: int, many: int) -> tuple[Decimal, ...]:
    """Return R_0 to R_many: at a mean of R_k, k or fewer are found with a probability of 1 less the confidence."""
    risk = 1 - Decimal(confidence) / 100
    found: list[Decimal] = []
    with localcontext() as context:
        context.prec = 40
        for number in range(many + 1):
            low = found[-1] if found else Decimal(0)
            high = low + 6
            while high - low > PLACES / 1000:
                middle = (low + high) / 2
                low, high = (middle, high) if _at_most(number, middle) > risk else (low, middle)
            found.append(low)
    return tuple(each.quantize(PLACES) for each in found)


def _at_most(number: int, mean: Decimal) -> Decimal:
    """Return the probability of so many or fewer where this many are expected."""
    term = total = Decimal(1)
    for place in range(1, number + 1):
        term = term * mean / place
        total += term
    return total * (-mean).exp()


def allowances(confidence: int, many: int) -> list[Decimal]:
    """Return R_i - R_(i-1) - 1 for the first, second, ... misstatement."""
    known = factors(confidence, min(many, MOST))
    steps = [after - before - 1 for before, after in itertools.pairwise(known)]
    return steps + steps[-1:] * (many - len(steps))
