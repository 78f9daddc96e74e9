"""What is selected of one currency: monetary units at a fixed interval, and low balances at random.

What goes in: the arithmetic, on whole minor units and exact fractions. What stays out: where balances come from
(sealed) and how the sample is shown (document, evaluation).

    seed   SHA-256 of the 32 bytes of the sealed root of closings, the nonce in UTF-8, the currency in UTF-8, in a row
    start  the first 8 bytes of the seed as an unsigned big-endian number, modulo the interval; all 32 bytes where the
           interval is over 2**48, so that every unit stays as likely as the next
    low    the balances with the smallest SHA-256 of the seed followed by the wallet's id in UTF-8
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assets.errors import RefusedError
from reports.sampling.factors import EXPANSION, factors

SHORT = 1 << 48
MOST_ITEMS = 5_000
LOW = 100
"""A balance that this many times is less than the interval is low: monetary units hardly ever find it."""


@dataclass(frozen=True)
class Balance:
    """A wallet's closing balance in one currency, or that it has none."""

    wallet: str
    book: int
    transactions: int = 0
    key_row: int = 0
    row: int | None = None
    """The leaf of its row in closings; a wallet without one has a balance of zero."""


@dataclass(frozen=True)
class Terms:
    """What the auditor asks of one currency, in minor units; none for the share of the book value."""

    confidence: int = 95
    tolerable: int | Fraction = Fraction(1, 100)
    expected: int | Fraction = 0
    low: int = 25


@dataclass(frozen=True)
class Item:
    """A selected balance."""

    balance: Balance
    cumulated: int
    hits: int
    key: bool
    """Whether it is as large as the interval: it is selected for certain and examined whole."""


@dataclass(frozen=True)
class Selection:
    """The sample of one currency."""

    currency: str
    book: int
    positive: int
    tolerable: int
    expected: int
    interval: int
    start: int
    seed: str
    items: tuple[Item, ...]
    low_population: int
    low: tuple[Balance, ...]

    @property
    def below(self) -> int:
        """Return the book value that is not examined whole: what a projection speaks of."""
        return self.book - sum(each.balance.book for each in self.items if each.key)


def seed_of(root: str, nonce: str, currency: str) -> bytes:
    """Return the seed of a currency's sample."""
    return hashlib.sha256(bytes.fromhex(root) + nonce.encode() + currency.encode()).digest()


def select(currency: str, balances: Sequence[Balance], seed: bytes, terms: Terms) -> Selection:
    """Select from the balances of one currency; raise RefusedError where the terms leave no interval."""
    positive = sorted((each for each in balances if each.book > 0), key=lambda each: each.wallet)
    book = sum(each.book for each in positive)
    tolerable, expected = (_amount(each, book) for each in (terms.tolerable, terms.expected))
    interval = _interval(currency, tolerable, expected, terms.confidence) if positive else 0
    start = int.from_bytes(seed if interval > SHORT else seed[:8], "big") % interval if interval else 0
    items = tuple(_hit(positive, start, interval)) if interval else ()
    if len(items) > MOST_ITEMS:
        message = f"{currency}: {len(items):,} balances would be selected, more than {MOST_ITEMS:,}: tolerate more."
        raise RefusedError(message)
    low = [each for each in balances if each.book < 1 or each.book * LOW < interval]
    drawn = sorted(low, key=lambda each: hashlib.sha256(seed + each.wallet.encode()).digest())[: terms.low]
    return Selection(
        currency, book, len(positive), tolerable, expected, interval, start, seed.hex(), items, len(low), tuple(drawn)
    )


def _amount(said: int | Fraction, book: int) -> int:
    return said if isinstance(said, int) else int(book * said)


def _interval(currency: str, tolerable: int, expected: int, confidence: int) -> int:
    """Return the interval, at the least one minor unit: then every balance is examined."""
    left = tolerable - expected * EXPANSION[confidence]
    if left <= 0 and (tolerable or expected):
        message = (
            f"{currency}: an expected misstatement of {expected:,} leaves nothing of the tolerable {tolerable:,} minor "
            "units: tolerate more, or expect less."
        )
        raise RefusedError(message)
    return max(1, int(left / Fraction(factors(confidence, 0)[0])))


def _hit(positive: Sequence[Balance], start: int, interval: int) -> list[Item]:
    """Return the balances that hold one of the units start, start + interval, ...; the first unit is 0."""
    found, before = [], 0
    for each in positive:
        after = before + each.book
        if hits := _units(after, start, interval) - _units(before, start, interval):
            found.append(Item(each, after, hits, each.book >= interval))
        before = after
    return found


def _units(up_to: int, start: int, interval: int) -> int:
    """Return how many of the selected units come before this one."""
    return (up_to - start - 1) // interval + 1 if up_to > start else 0
