"""The sections of figures as frozen, typed data: control totals, roll-forward, drift, exposure.

What goes in: amounts and counts. What stays out: the first page (front), rules and rows (evidence).
"""

from typing import Literal

from reports.base import MinorUnits, Part


class ControlTotal(Part):
    """Totals of one currency over every exported transaction."""

    currency: str
    """The currency."""
    transactions: int
    """How many transactions were exported."""
    total: MinorUnits
    """The sum of their amounts."""
    credits: MinorUnits
    """The sum of the amounts above zero."""
    debits: MinorUnits
    """The sum of the amounts below zero."""
    absolute_total: MinorUnits
    """The sum of their absolute amounts, in which errors cannot cancel out."""


class MonthTotal(Part):
    """Totals of one currency over the month's transactions of every status."""

    currency: str
    """The currency."""
    transactions: int
    """How many there are."""
    total: MinorUnits
    """The sum of their amounts."""
    credits: MinorUnits
    """The sum of the amounts above zero."""
    debits: MinorUnits
    """The sum of the amounts below zero."""
    first_id: str
    """The smallest id, in the order of its bytes."""
    last_id: str
    """The largest id."""
    first_at: str
    """The earliest instant one of them is dated, as ISO 8601 writes it in UTC."""
    last_at: str
    """The latest."""


class KindMovement(Part):
    """The settled transactions of one kind in one currency within the month."""

    kind: str
    """The kind."""
    flow: str | None
    """external, transfer or escrow; null where the configuration does not know the kind."""
    transactions: int
    """How many transactions."""
    amount: MinorUnits
    """The sum of their amounts."""


class CurrencyRollForward(Part):
    """One currency from opening to closing, computed along two ways that must meet."""

    currency: str
    """The currency."""
    opening: MinorUnits
    """The sum of the closings of the month before."""
    taken_over: MinorUnits
    """Opening balances named by the source, of balances that appear this month for the first time."""
    movements: tuple[KindMovement, ...]
    """The settled transactions of the month by kind."""
    closing_by_kind: MinorUnits
    """Opening, what was taken over, and all movements by kind, added up."""
    closing_by_wallet: MinorUnits
    """The sum of all wallets' closings, from a query of its own."""
    difference: MinorUnits
    """The closing by wallet less the closing by kind."""
    foots: bool
    """Whether the difference is zero."""
    balances: int
    """How many balances the closing adds up."""
    unsettled_transactions: int
    """How many transactions of the month are not settled."""
    unsettled: MinorUnits
    """The sum of their amounts, in no other figure here."""
    unsettled_to_date: MinorUnits
    """The sum of all unsettled amounts up to the end of the period."""


class RollForward(Part):
    """From opening to closing in every currency."""

    foots: bool
    """Whether every currency foots."""
    currencies: tuple[CurrencyRollForward, ...]
    """The currencies, by code."""


class CurrencyDrift(Part):
    """How far the recorded balances of one currency are from the ledger, at the cut."""

    currency: str
    """The currency."""
    compared: int
    """How many balances have a ledger and exactly one recorded balance."""
    drifting: int
    """How many of them are off by the tolerance or more."""
    gross: MinorUnits
    """The sum of absolute drift over all balances compared."""
    net: MinorUnits
    """The sum of signed drift, in which opposite errors cancel out."""
    largest: MinorUnits
    """The drift that is furthest from zero, signed; 0 where none reaches the tolerance."""


class DriftSize(Part):
    """The balances of one currency that are off by about as much."""

    currency: str
    """The currency."""
    at_least: MinorUnits
    """The lower bound of what they are off by, without sign: a power of ten."""
    balances: int
    """How many there are."""
    gross: MinorUnits
    """The sum of their absolute drift."""


class DriftingBalance(Part):
    """One balance whose recorded amount is not what the ledger says."""

    wallet_id: str
    """The wallet."""
    currency: str
    """The currency."""
    ledger: MinorUnits
    """What the settled transactions add up to."""
    recorded: MinorUnits
    """What the application recorded."""
    drift: MinorUnits
    """Recorded less ledger."""
    state: str | None
    """new or persisting since the export before, or waived; null where no register tells."""
    first_cut_at: str | None
    """The cut at which it was first seen, as ISO 8601 writes it in UTC."""
    days: int | None
    """How many days before this cut that was."""


class Exposed(Part):
    """What drift puts at risk in one currency, of one kind."""

    currency: str
    """The currency."""
    exposure: Literal["over-credited, still there", "over-credited, withdrawn", "under-credited"]
    """Whether too much is shown and still there, too much was shown and spent, or too little is shown."""
    amount: MinorUnits
    """How much, above zero."""
    balances: int
    """How many balances; one may be over-credited of both kinds."""
    users: int
    """How many users they belong to, where the owner is known."""


class ExposureAtCut(Part):
    """What drift puts at risk, as of the cut, balances that are recorded without a ledger among it."""

    systemic: bool
    """Whether half or more of the balances drift: one cause, whose amounts say little of single accounts."""
    amounts: tuple[Exposed, ...]
    """By currency and kind; what is nothing has no entry."""


class DriftAtCut(Part):
    """Recorded balances against the ledger. They are known at the cut only, whatever month is reported."""

    examined: bool
    """Whether this source has recorded balances."""
    systemic: bool
    """Whether half or more of the balances compared drift: one cause, which its amounts measure."""
    cache_systemic: bool
    """Whether half or more of the users' cached balances are not what is recorded."""
    sentence: str
    """What was compared and what was found, in words."""
    not_compared: int
    """Balances without a ledger, without a recorded balance, or with several; other rules judge those."""
    currencies: tuple[CurrencyDrift, ...]
    """The currencies, by code."""
    sizes: tuple[DriftSize, ...]
    """The balances that drift by the size of their drift, the smallest first."""
    worst: tuple[DriftingBalance, ...]
    """The ten balances of each currency that drift most."""
