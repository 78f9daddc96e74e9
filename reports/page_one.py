"""What page one says beside the findings: counts of rules, four figures, the facts behind the verdict, what is owed.

What goes in: the report's own figures, counted and put into order. What stays out: sections (pages), looks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from checks.sentences import counted
from reports.at_stake import worths
from reports.front import Finding
from reports.model import Report
from reports.tables import Column, State, Table, table
from reports.wording import day_before, instant, listed

TONES = {"CLEAN": "held", "BROKEN": "broken", "NOT VERIFIED": "unverified"}
STATES = {
    "held": "held",
    "broken": "broken",
    "not verified": "unverified",
    "held, nothing to examine": "empty",
    "not applicable": "absent",
}
SCOPES = {"month": "rows of the month", "closing": "closing balances", "cut": "as of the cut"}
SIGNS = (("credit", "Above zero"), ("debit", "Below zero"), ("either", "Either"))


@dataclass(frozen=True)
class Figure:
    """One of the four figures under the verdict."""

    name: str
    value: str
    note: str


class Group(NamedTuple):
    """Findings that stand together: what is above them, and whether they decide."""

    heading: str
    decides: bool
    found: list[Finding]


@dataclass(frozen=True)
class Tally:
    """How many rules ended in one way: those that decide on the month, and those shown beside them."""

    state: str
    meaning: str
    deciding: int
    aside: int


def cut_at(report: Report) -> str:
    """Write the instant of the cut, or that it is not before an instant."""
    return ("" if report.cut.bound == "exact" else "Not before ") + instant(report.cut.at)


def ending(report: Report) -> str:
    """Say when the period ends, in words."""
    return f"at the end of {day_before(report.period.end)}" if report.period.complete else "at the cut"


def tally(report: Report) -> tuple[Tally, ...]:
    """Count the rules by how they ended."""
    return tuple(
        Tally(group.state, group.meaning, deciding, len(group.rules) - deciding)
        for group in report.coverage
        for deciding in (sum(rule.counts_for_verdict for rule in group.rules),)
    )


def kinds_moved(report: Report) -> list[str]:
    """Name the kinds that moved money: configured ones in their order, then others by name."""
    present = {each.kind for line in report.roll_forward.currencies for each in line.movements}
    order = [each.kind for each in report.basis.kinds if each.kind in present]
    return [*order, *sorted(present - set(order))]


def figures(report: Report) -> tuple[Figure, ...]:
    """Choose the four figures that tell how much was judged, and how it ended."""
    lines = report.roll_forward.currencies
    settled = sum(each.transactions for line in lines for each in line.movements)
    unsettled = sum(line.unsettled_transactions for line in lines)
    balances = sum(line.balances for line in lines)
    deciding = [rule for rule in report.rules if rule.counts_for_verdict]
    held = sum(rule.result == "held" and rule.examined > 0 for rule in deciding)
    applied = sum(rule.result != "not applicable" for rule in deciding)
    empty = sum(rule.result == "held" and not rule.examined for rule in deciding)
    broken = [rule for rule in deciding if rule.result == "broken"]
    warned = sum(rule.offenders for rule in broken if rule.severity == "warning")
    rows = sum(rule.offenders for rule in broken)
    return (
        Figure("Settled transactions", f"{settled:,}", f"{unsettled:,} unsettled, kept apart"),
        Figure("Balances added up", f"{balances:,}", f"in {counted(len(lines), 'currency')}"),
        Figure("Rules that held", f"{held:,} of {applied:,}", f"{empty:,} more had nothing to examine"),
        Figure(
            "Rows that break a rule",
            f"{rows:,}",
            f"{rows - warned:,} of errors, {warned:,} of warnings",
        ),
    )


def basis(report: Report) -> Iterator[tuple[str, str]]:
    """Say what counts as money and what counts as wrong, each under its word."""
    settled, unsettled = report.basis.settled, report.basis.unsettled
    which = (
        f"Settled: {', '.join(settled)}, or without a status." if settled else "Every transaction counts as settled."
    )
    apart = f" Kept apart: {', '.join(unsettled)}." if unsettled else ""
    yield "Money", f"What settled transactions add up to. {which}{apart}"
    signs = " ".join(f"{words}: {', '.join(kinds)}." for words, kinds in signed_kinds(report))
    yield "Signs", f"Money into a wallet is above zero, money out below. {signs}"
    least = counted(report.basis.drift_tolerance, "minor unit")
    yield "Tolerance", f"A recorded balance {least} or more off the ledger is a finding."
    if report.basis.absent_tables:
        yield "Not in this source", f"By configuration: {listed(list(report.basis.absent_tables))}."


def signed_kinds(report: Report) -> Iterator[tuple[str, list[str]]]:
    """Yield the kinds by the sign they must have."""
    for sign, words in SIGNS:
        kinds = [each.kind for each in report.basis.kinds if each.sign == sign]
        if kinds:
            yield words, kinds


def grouped_findings(report: Report) -> Iterator[Group]:
    """Yield the findings that decide, systemic ones apart, then those that do not; a group without any is left out."""
    one_cause = "Systemic: half or more of what was examined, so one cause each"
    aside = f"Also found, as of the cut. Not part of the verdict on {report.period.name}"
    for decides, systemic, heading in ((True, False, ""), (True, True, one_cause), (False, None, aside)):
        found = [
            each for each in report.findings if each.counts_for_verdict is decides and systemic in (None, each.systemic)
        ]
        if found:
            yield Group(heading, decides, found)


def owed(report: Report) -> Table:
    """List what is owed to the holders of wallets, by currency, beside the month before."""
    columns = [
        Column("Currency"), Column("Wallets", "number"), Column("Owed", "money"),
        Column("Owed before", "money"), Column("Change", "money", less=("Owed", "Owed before")),
        Column("Open escrow", "money"), Column("Escrow before", "money"), Column("Owed with escrow", "money"),
        Column("Wallets below zero", "number"), Column("Below zero", "money"),
        Column("Below zero before", "money"),
    ]  # fmt: skip
    rows = [
        (
            each.currency, each.wallets, each.owed, each.owed_before, each.change, each.escrow, each.escrow_before,
            each.in_all, each.overdrawn_wallets, each.overdrawn, each.overdrawn_before,
        )
        for each in report.liabilities
    ]  # fmt: skip
    return table("What is owed to wallet holders", columns, rows)


def findings(report: Report) -> Table:
    """List the findings with what to do about each, those that decide first."""
    decimals = report.basis.decimals
    columns = [
        Column("Result", "state"), Column("Decides"), Column("Rule", "rule"), Column("What was found"),
        Column("Next step"), Column("Severity"), Column("Scope"), Column("Rows", "number"), Column("Worth"),
    ]  # fmt: skip
    rows = [
        (
            State(each.result, each.result),
            "yes" if each.counts_for_verdict else "no",
            each.rule,
            each.sentence,
            each.next_step,
            each.severity,
            SCOPES[each.scope],
            each.offenders,
            "; ".join(worths(each.amounts, decimals)),
        )
        for each in report.findings
    ]
    return Table("Findings", tuple(columns), tuple(rows), worked=True)
