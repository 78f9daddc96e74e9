"""The section of manual adjustments as frozen, typed data: all of them, by preparer, and those to read first.

What goes in: the shape of the section. What stays out: how it is filled (forensics).
"""

from reports.base import MinorUnits, Part


class AdjustmentTotal(Part):
    """The settled adjustments of the month in one currency, beside those of the roll-forward."""

    currency: str
    """The currency."""
    transactions: int
    """How many settled adjustments were looked at."""
    amount: MinorUnits
    """The sum of their amounts."""
    roll_forward_transactions: int
    """How many adjustments the roll-forward adds up."""
    roll_forward: MinorUnits
    """The sum of their amounts by the roll-forward."""
    ties: bool
    """Whether count and sum are the same: no adjustment escaped the look."""


class Preparer(Part):
    """What one preparer adjusted in one currency in the month, settled or not."""

    created_by: str | None
    """Who; null where the source does not say."""
    currency: str
    """The currency."""
    transactions: int
    """How many adjustments."""
    gross: MinorUnits
    """The sum of their absolute amounts."""
    net: MinorUnits
    """The sum of their amounts."""


class FlagWeight(Part):
    """One flag: a reason to look, and no finding."""

    flag: str
    """Its name."""
    meaning: str
    """What it says of an adjustment."""
    weight: int
    """What it adds to the score, by configuration."""
    transactions: int
    """How many adjustments of the month have it."""
    missing: str | None
    """What this source does not have, so that the flag says nothing; null where it does."""


class FlaggedAdjustment(Part):
    """An adjustment of the month that has a score."""

    transaction_id: str
    """The transaction."""
    wallet_id: str
    """The wallet it changed."""
    currency: str
    """The currency."""
    amount: MinorUnits
    """How much."""
    created_at: str
    """When, in UTC."""
    created_by: str | None
    """Who prepared it."""
    score: int
    """The sum of the weights of its flags."""
    flags: tuple[str, ...]
    """Its flags."""


class Adjustments(Part):
    """The manual adjustments of the month, every one of them looked at."""

    transactions: int
    """How many adjustments the month has, settled or not."""
    totals: tuple[AdjustmentTotal, ...]
    """The whole population, by currency, beside the roll-forward."""
    preparers: tuple[Preparer, ...]
    """Up to 50 preparers, by gross within their currency."""
    preparers_total: int
    """How many pairs of preparer and currency there are."""
    flags: tuple[FlagWeight, ...]
    """What was looked for."""
    not_looked_for: tuple[str, ...]
    """What no source tells."""
    flagged: int
    """How many adjustments have a score."""
    shown: tuple[FlaggedAdjustment, ...]
    """Up to 50 of them, the highest score first."""
    rows_path: str | None
    """The Parquet of every adjustment of the ledger with its flags, relative to the home."""
