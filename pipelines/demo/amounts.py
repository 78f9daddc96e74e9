"""What things cost: believable amounts in minor units, and how an amount is written for a reader."""

from __future__ import annotations

from functools import cache
from typing import Final

from pipelines.demo.chance import generator

CURRENCIES: Final = ("EGP", "USD", "EUR")
SIZE = 1 << 12
SCALES = 12
# No amount of a cohort is over 40 times another, so that none is over 50 times the median of its wallet.
_SPREAD = 40
_LEAST = {"EGP": 5_000, "USD": 300, "EUR": 250}
_WIDEST = {"gigsy": 8.0, "model": 2.5}


def least(currency: str, flavour: str, scale: int) -> int:
    """Return the smallest ordinary amount of a cohort, in minor units."""
    return int(_LEAST[currency] * _WIDEST[flavour] ** (scale / (SCALES - 1)))


@cache
def prices(currency: str, flavour: str, scale: int) -> list[int]:
    """Return `SIZE` amounts to choose from, in minor units: spread like real ones, most of them round."""
    random = generator("amounts", currency, flavour, scale)
    low = least(currency, flavour, scale)
    chosen = []
    for _ in range(SIZE):
        amount = low * _SPREAD ** ((random.random() + random.random()) / 2)
        chosen.append(min(max(_rounded(amount, random.random()), low), low * _SPREAD))
    return chosen


def _rounded(amount: float, chance: float) -> int:
    """Round an amount as people do: to a handy figure, to the whole unit, or not at all."""
    handy = 100
    while handy * 25 < amount:
        handy *= 5 if str(handy)[0] == "1" else 2
    grain = handy if chance < 0.5 else 100 if chance < 0.7 else 1  # noqa: PLR2004 - shares of prices
    return round(amount / grain) * grain


def money(amount: int, currency: str) -> str:
    """Write minor units for a reader: `-1,250.00 EGP`."""
    whole, part = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole:,}.{part:02} {currency}"
