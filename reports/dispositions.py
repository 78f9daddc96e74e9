"""What became of exceptions, as frozen, typed data: the register from export to export, and the waivers.

What goes in: counts, amounts and words of both. What stays out: the rows themselves (evidence), and how either is
computed (checks).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from checks.outcome import Standing, WaiverUse
from checks.sentences import counted
from reports.base import Amount, MinorUnits, Part


class Waiver(Part):
    """Rows that break a rule and need not be mended before a day."""

    waiver: str
    """Its name."""
    rule: str
    """The rule whose offenders it speaks of."""
    owner: str
    """Who answers for it."""
    reason: str
    """Why these rows may stay as they are."""
    expires: str
    """The last day it stands, YYYY-MM-DD, in the zone of the period."""
    matched: int
    """How many rows of this report's scope it matches."""
    amounts: tuple[Amount, ...]
    """What these rows are worth."""
    most: int
    """How many rows it may match."""
    most_amount: tuple[Amount, ...] | None
    """What they may be worth; null where only their number is capped."""
    standing: Standing
    """stands: its rows are waived. cap passed, expired: they break the rule again. matches nothing: it can go."""


class RegisterAmount(Part):
    """What the exceptions of a rule in one currency are worth, added up without their signs."""

    currency: str
    """The currency."""
    opening: MinorUnits
    """What they were worth in the export before."""
    raised: MinorUnits
    """What those are worth that were not there."""
    closed: MinorUnits
    """What those were worth that are there no longer."""
    changed: MinorUnits
    """By how much those changed that are in both."""
    closing: MinorUnits
    """What they are worth now: opening, raised and changed, less closed."""
    waived: MinorUnits
    """What of the closing is waived."""


class RegisterLine(Part):
    """How the exceptions of one rule rolled forward from the export before."""

    rule: str
    """The rule."""
    opening: int
    """How many there were in the export before."""
    raised: int
    """How many were not there."""
    closed: int
    """How many are there no longer."""
    closing: int
    """How many there are: opening and raised, less closed."""
    waived: int
    """How many of the closing are waived."""
    week: int
    """How many of the closing were first seen at most 7 days before the cut."""
    month: int
    """How many of the closing were first seen 8 to 30 days before the cut."""
    quarter: int
    """How many of the closing were first seen 31 to 90 days before the cut."""
    older: int
    """How many of the closing were first seen more than 90 days before the cut."""
    oldest_days: int
    """How many days before the cut the oldest was first seen."""
    amounts: tuple[RegisterAmount, ...]
    """What they are worth by currency."""


class Register(Part):
    """The exceptions of all rules as of the cut, recognised from export to export."""

    sentence: str
    """What is new, what persists and what was cured, in words."""
    foots: bool
    """Whether opening and raised less closed is the closing of every rule, in number and in amount."""
    rules: tuple[RegisterLine, ...]
    """The rules that have an exception, or had one in the export before."""


def register(rolled: Sequence[Mapping[str, Any]]) -> Register:
    """Say how exceptions rolled forward; `rolled` is what the audit's register adds up to."""
    named = ("closing", "new", "persisting", "waived", "closed")
    totals = {name: sum(row[name] for row in rolled) for name in named}
    sentence = (
        f"{counted(totals['closing'], 'exception')}: {totals['new']:,} new, {totals['persisting']:,} persisting, "
        f"{totals['waived']:,} waived. Of those in the export before, {totals['closed']:,} are cured."
    )
    lines = tuple(
        RegisterLine(
            **{name: row[name] for name in RegisterLine.model_fields if name != "amounts"},
            amounts=tuple(RegisterAmount(**each) for each in row["amounts"]),
        )
        for row in rolled
    )
    return Register(sentence=sentence, foots=all(map(_foots, lines)), rules=lines)


def _foots(line: RegisterLine) -> bool:
    return line.opening + line.raised - line.closed == line.closing and all(
        int(each.opening) + int(each.raised) - int(each.closed) + int(each.changed) == int(each.closing)
        for each in line.amounts
    )


def waivers(uses: Sequence[WaiverUse]) -> tuple[Waiver, ...]:
    """List what every waiver did."""
    return tuple(
        Waiver(
            waiver=use.id,
            rule=use.rule,
            owner=use.owner,
            reason=use.reason,
            expires=use.expires.isoformat(),
            matched=use.matched,
            amounts=amounts(use.amounts),
            most=use.most,
            most_amount=None if use.most_amount is None else amounts(use.most_amount),
            standing=use.standing,
        )
        for use in uses
    )


def amounts(by_currency: Mapping[str, str | int]) -> tuple[Amount, ...]:
    """List amounts by currency."""
    return tuple(Amount(currency=code, amount=str(by_currency[code])) for code in sorted(by_currency))
