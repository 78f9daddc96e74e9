"""The sections that ask questions and decide nothing, as frozen, typed data: digits, volume, cut-off, reconciliations.

What goes in: counts, amounts, and ratios in millionths, never floats. What stays out: how they are computed.
"""

from typing import Literal

from reports.base import MinorUnits, Part


class DigitCount(Part):
    """How often amounts begin with these digits, beside how often they would by Benford's law."""

    digits: int
    """The first digit, or the first two."""
    transactions: int
    """How many amounts begin with them."""
    expected: int
    """Their share by Benford's law, in millionths."""
    z: int
    """How far the share is off, in hundredths of a standard deviation, without sign."""


class DigitTest(Part):
    """The first digits of one population in one currency."""

    currency: str
    """The currency."""
    population: Literal["deposits and withdrawals", "adjustments"]
    """Whose amounts: such as someone chose."""
    transactions: int
    """How many were looked at."""
    too_small: int
    """How many were left out: below ten minor units there is no second digit."""
    test: Literal["first two digits", "first digit", "not run"]
    """What was tested; nothing where there are too few."""
    deviation: int | None
    """The mean absolute deviation of the shares, in millionths; null where nothing was tested."""
    excess: int | None
    """How much of it is more than so many rows bring by chance, in millionths; null but for the first two digits."""
    conformity: Literal["close", "acceptable", "marginal", "nonconforming"] | None
    """Its grade by Nigrini's limits; null where nothing was tested."""
    digits: tuple[DigitCount, ...]
    """Every digit or pair of digits, in order."""


class RepeatedAmount(Part):
    """An amount that comes again and again in one population and currency."""

    currency: str
    """The currency."""
    population: str
    """Whose amounts."""
    size: MinorUnits
    """The amount without its sign."""
    transactions: int
    """How often it comes."""


class RoundAmounts(Part):
    """How many amounts of one population and currency are round."""

    currency: str
    """The currency."""
    population: str
    """Whose amounts."""
    transactions: int
    """How many there are."""
    round: int
    """How many are a whole number of hundreds of major units."""


class DayVolume(Part):
    """How many transactions are dated on one day, beside what the same weekdays before lead one to expect."""

    day: str
    """The day in the zone of the ledger, as ISO 8601 writes it."""
    transactions: int
    """How many, of any status."""
    least: int | None
    """The lower limit; null where fewer than eight such weekdays are known before."""
    most: int | None
    """The upper limit; null where fewer than eight such weekdays are known before."""
    standing: Literal["within", "above", "below", "not judged"]
    """How the day stands to its limits; the day of the cut is not over, and not judged."""


class LateDay(Part):
    """The transactions of one day that their source created after the month, or before it."""

    day: str
    """The day they are dated, in the zone of the ledger."""
    transactions: int
    """How many."""
    after: int
    """How many of them were created after the month was over."""
    before: int
    """How many of them were created before the month began."""


class CutOff(Part):
    """When the source created the transactions of the month, beside when they are dated."""

    known: bool
    """Whether this source says when it created a row."""
    transactions: int
    """How many transactions say so."""
    median_us: int | None
    """The delay that half of them do not exceed, in microseconds; below zero it is dated later than it was created."""
    p99_us: int | None
    """The delay that 99 in 100 do not exceed, in microseconds."""
    longest_us: int | None
    """The longest delay, in microseconds."""
    edges: tuple[LateDay, ...]
    """The three days at either end of the month, in order, and those among the rest with such transactions."""


class ReconciledDay(Part):
    """The reconciliations of the ledger as it was on one day."""

    day: str
    """The day of the cut, in the zone of the ledger."""
    reconciliations: int
    """How many exports of that day were judged; an export judged again counts once."""
    standing: Literal["CLEAN", "BROKEN", "NOT VERIFIED", "not done"]
    """The worst of their verdicts, or that there was none."""


class DriftPoint(Part):
    """The gross drift of one currency at one earlier cut, or at this one."""

    cut_at: str
    """The cut, as ISO 8601 writes it in UTC."""
    currency: str
    """The currency."""
    gross: MinorUnits
    """The sum of absolute drift."""


class Analytic(Part):
    """What starts questions: nothing of it decides a verdict."""

    digits: tuple[DigitTest, ...]
    """First digits, by population and currency."""
    repeated: tuple[RepeatedAmount, ...]
    """The amounts that come most often, up to ten of a population and currency."""
    round: tuple[RoundAmounts, ...]
    """Round amounts, by population and currency."""
    volume: tuple[DayVolume, ...]
    """Every day of the month up to the cut."""
    cut_off: CutOff
    """Delays, and what fell across an end of the month."""
    reconciled: tuple[ReconciledDay, ...]
    """Every day of the month up to the cut; a day without a reconciliation is there, too."""
    drift: tuple[DriftPoint, ...]
    """Gross drift at earlier cuts and at this one, oldest first."""
