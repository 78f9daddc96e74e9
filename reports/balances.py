"""What is said of balances one by one, as frozen, typed data: how each went from month to month, and who holds most.

What goes in: counts and amounts by currency. What stays out: sums of the ledger (sections), recorded balances.
"""

from typing import Literal

from reports.base import MinorUnits, Part
from reports.restatement import NamedSeal


class WalletCount(Part):
    """The balances of one currency from one month's end to the next, every one looked at."""

    currency: str
    """The currency."""
    opening: int
    """How many there were at the end of the month before."""
    opened: int
    """How many appear for the first time."""
    gone: int
    """How many were there before and are not; a balance never goes, so any is an error."""
    closing: int
    """How many there are: opening and opened, less gone."""
    moved: int
    """How many of them a settled transaction of the month moved."""
    not_footing: int
    """How many whose opening and movement do not give their closing."""
    not_continuing: int
    """How many that open the month with another amount than they closed the month before."""
    not_moved_so: int
    """How many whose movement is not the sum of their settled transactions, added up anew from the rows."""


class WalletProof(Part):
    """Every balance carried from the month before to the end of the period."""

    holds: bool
    """Whether nothing is counted that does not add up, and the month before closes as it was sealed."""
    currencies: tuple[WalletCount, ...]
    """The currencies, by code."""
    seal: NamedSeal | None
    """The seal of the month before that openings were held against, where there is one."""
    off_the_seal: int | None
    """How many balances of the month before differ from their sealed closing; null without a seal, or where they
    could not be named."""


class Holdings(Part):
    """Who holds the balances of one currency when the period ends."""

    currency: str
    """The currency."""
    owed: MinorUnits
    """The sum of the balances above zero."""
    above: int
    """How many are above zero."""
    zero: int
    """How many are zero."""
    below: int
    """How many are below zero."""
    ten_largest: MinorUnits
    """The sum of the ten largest."""
    dormant: int
    """How many above zero have not been moved for twelve months."""
    dormant_amount: MinorUnits
    """What these hold."""
    inactive: int
    """How many above zero are of wallets that the source calls inactive."""
    inactive_amount: MinorUnits
    """What these hold."""


class SizeBand(Part):
    """The balances of one currency of about one size."""

    currency: str
    """The currency."""
    side: Literal["above zero", "below zero"]
    """Whether they are above or below zero."""
    at_least: MinorUnits
    """The lower bound of their size: a power of ten."""
    balances: int
    """How many there are."""
    amount: MinorUnits
    """What they add up to."""


class BalancesAtEnd(Part):
    """How the balances spread when the period ends."""

    knows_activity: bool
    """Whether this source says of its wallets whether they are active."""
    holdings: tuple[Holdings, ...]
    """Who holds how much, by currency."""
    bands: tuple[SizeBand, ...]
    """The balances by size, by currency, the smallest first."""
