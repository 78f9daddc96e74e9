"""What is at stake, in a sentence each: amounts of findings, waived rows, gross drift, and what is restated.

What goes in: the report's own amounts, written out beside their currencies. What stays out: where they stand.
"""

from collections.abc import Iterable, Mapping

from checks.sentences import counted
from reports.base import Amount
from reports.dispositions import amounts
from reports.model import Report
from reports.wording import amount, listed


def restated(report: Report) -> str:
    """Say which version this is, why it was made, and how the month departs from its seal; nothing of a first one."""
    origin = report.provenance
    version = f"Restatement, version {origin.version}. {origin.reason}" if origin.replaces else ""
    return " ".join(filter(None, (version, origin.restatement.sentence if origin.restatement else "")))


def waived(report: Report) -> str:
    """Say what waived rows of rules that decide are worth; nothing where none is, or none carries an amount."""
    sums: dict[str, int] = {}
    for rule in report.rules:
        for each in rule.waived_amounts if rule.counts_for_verdict else ():
            sums[each.currency] = sums.get(each.currency, 0) + int(each.amount)
    worth = worths(amounts(sums), report.basis.decimals)
    return f"Waived rows are worth {listed(worth)}, added up rule by rule." if worth else ""


def worths(found: Iterable[Amount], decimals: Mapping[str, int]) -> list[str]:
    """Write amounts with their currencies, a text each."""
    return [f"{amount(each.amount, decimals.get(each.currency))} {each.currency}" for each in found]


def reconciled(report: Report) -> str:
    """Say on how many days of the month an audit looked; nothing of a month without a day."""
    days = report.analytic.reconciled
    done = sum(each.standing != "not done" for each in days)
    return f"Reconciled on {done} of {counted(len(days), 'day')} of the month." if days else ""


def gross_drift(report: Report) -> str:
    """Say how far recorded balances are off in all, by currency, or that none is or could be."""
    decimals = report.basis.decimals
    lines = [line for line in report.drift.currencies if line.drifting]
    if not lines:
        return report.drift.sentence
    gross = [
        f"{amount(line.gross, decimals.get(line.currency))} {line.currency} in {counted(line.drifting, 'balance')}"
        for line in lines
    ]
    return f"Gross drift as of the cut: {listed(gross)}."
