"""The first page of the report as frozen, typed data: what is judged, the conclusion, and what is owed.

What goes in: the parts an auditor reads alone. What stays out: the sections behind it (sections, evidence).
"""

from typing import Literal

from reports.base import Amount, MinorUnits, Part, Result, Scope, Severity, Word


class Period(Part):
    """The month that is reported."""

    month: str
    """The month, YYYY-MM."""
    name: str
    """The month in words."""
    zone: str
    """The time zone in which the month begins and ends."""
    start: str
    """The first day, included, YYYY-MM-DD."""
    end: str
    """The first day of the next month, excluded, YYYY-MM-DD."""
    complete: bool
    """Whether the export shows the whole month."""
    holds_cut: bool
    """Whether the cut falls into this month; then rules as of the cut are part of its verdict."""
    sentence: str
    """What the figures cover, in words."""


class Cut(Part):
    """The instant the export shows."""

    at: str
    """The instant, in UTC."""
    bound: str
    """exact, or lower where the source tells only that the cut is not earlier."""
    proof: str
    """How it is known that all tables show one instant."""
    latest_created_at: str | None
    """When the newest exported transaction was created, in UTC."""
    sentence: str
    """The cut and its proof, in words."""


class RuleCounts(Part):
    """How the rules that decide ended; each is in exactly one of the first five counts."""

    broken: int
    """How many are broken."""
    not_verified: int
    """How many could not be examined."""
    not_applicable: int
    """How many speak of what this source does not have."""
    nothing_to_examine: int
    """How many held over no row at all."""
    held: int
    """How many held."""
    systemic: int
    """How many are broken by half or more of what they examined: one cause each."""
    waived_rules: int
    """How many have rows that are waived."""
    waived_rows: int
    """How many rows are waived."""
    warnings: int
    """Of those broken, how many are warnings, which change no verdict."""
    sentence: str
    """All of it in words."""


class Verdict(Part):
    """The conclusion."""

    word: Word
    """CLEAN, BROKEN or NOT VERIFIED."""
    sentence: str
    """The conclusion in words, with the number of rules behind it."""
    counts: RuleCounts
    """How the rules that decide ended."""


class Finding(Part):
    """A broken or unverified rule, as a person should hear of it."""

    rule: str
    """The rule's name."""
    result: Result
    """broken or not verified."""
    severity: Severity
    """gate, error or warning."""
    scope: Scope
    """Whether it concerns the month's rows, its closing balances, or the state at the cut."""
    counts_for_verdict: bool
    """Whether it is part of this month's verdict."""
    systemic: bool
    """Whether they are half or more of what was examined: one cause, not many."""
    offenders: int
    """How many rows break the rule."""
    amounts: tuple[Amount, ...]
    """What these rows are worth by currency, added up without their signs; none where they carry no amount."""
    sentence: str
    """What was found."""
    next_step: str
    """What to do about it."""


class CoveredRule(Part):
    """A rule and why it stands where it stands."""

    rule: str
    """The rule's name."""
    counts_for_verdict: bool
    """Whether it is part of this month's verdict."""
    reason: str | None
    """Why it was not verified or does not apply, or how many rows are waived."""


class Coverage(Part):
    """All rules that ended the same way."""

    state: Literal["broken", "not verified", "held", "held, nothing to examine", "not applicable"]
    """How they ended."""
    meaning: str
    """What that means."""
    rules: tuple[CoveredRule, ...]
    """The rules."""


class Liability(Part):
    """What is owed to the holders of wallets in one currency, when the period ends."""

    currency: str
    """The currency."""
    wallets: int
    """How many balances are above zero."""
    owed: MinorUnits
    """The sum of the balances above zero."""
    owed_before: MinorUnits
    """The same sum at the end of the month before."""
    change: MinorUnits
    """What is owed less what was owed."""
    escrow: MinorUnits
    """What escrow holds outside of any wallet, owed to whoever it is released to; below zero it gave out too much."""
    escrow_before: MinorUnits
    """The same at the end of the month before."""
    in_all: MinorUnits
    """What is owed, with what escrow holds where that is above zero."""
    overdrawn_wallets: int
    """How many balances are below zero."""
    overdrawn: MinorUnits
    """The sum of the balances below zero; it does not lower what is owed."""
    overdrawn_before: MinorUnits
    """The same sum at the end of the month before."""
