"""The section on drift: how far recorded balances are off at the cut, by how much, and since when.

What goes in: columns, rows and charts. What stays out: what the report does not hold, and looks.
"""

from collections.abc import Iterator

from checks.sentences import counted
from reports.bars import Bar, bars
from reports.model import Report
from reports.page_one import cut_at
from reports.tables import Cell, Column, Panel, Section, table
from reports.wording import size


def drift(report: Report) -> Section:
    """Compare recorded balances with the ledger, as of the cut."""
    found = report.drift
    by_currency = [
        (each.currency, each.compared, each.drifting, each.gross, each.net, each.largest) for each in found.currencies
    ]
    sized: list[tuple[Cell, ...]] = [(each.currency, each.at_least, each.balances, each.gross) for each in found.sizes]
    worst: list[tuple[Cell, ...]] = [
        (
            each.wallet_id, each.currency, each.ledger, each.recorded, each.drift, each.state,
            each.first_cut_at, each.days,
        )
        for each in found.worst
    ]  # fmt: skip
    columns = [
        Column("Currency"), Column("Compared", "number"), Column("Drifting", "number"),
        Column("Gross drift", "money"), Column("Net drift", "money"), Column("Largest", "money"),
    ]  # fmt: skip
    balances = [
        Column("Wallet", "id"), Column("Currency"), Column("Ledger", "money"), Column("Recorded", "money"),
        Column("Drift", "money", less=("Recorded", "Ledger")), Column("State"), Column("First seen", "time"),
        Column("Days", "number"),
    ]  # fmt: skip
    sizes = [
        Column("Currency"), Column("Off by at least", "money"), Column("Balances", "number"),
        Column("Gross drift", "money"),
    ]  # fmt: skip
    return Section(
        "Drift as of the cut",
        " ".join(_of_drift(report)),
        (
            table("Drift by currency, as of the cut", columns, by_currency),
            table("Largest, up to ten a currency", balances, worst),
            table("Drift by size", sizes, sized),
        ),
        panels=tuple(_sized(report)),
    )


def _sized(report: Report) -> Iterator[Panel]:
    """Draw a bar for each power of ten, for each currency where there is more than one."""
    decimals = report.basis.decimals
    for line in report.drift.currencies:
        sizes = [each for each in report.drift.sizes if each.currency == line.currency]
        if len(sizes) > 1:
            drawn = tuple(
                Bar(size(each.at_least, decimals.get(line.currency, 0)), each.balances, (), "out") for each in sizes
            )
            yield Panel(line.currency, f"{line.currency}: drifting balances by size of drift", bars(drawn, 1))


def _of_drift(report: Report) -> Iterator[str]:
    known = (
        " Recorded balances are known at the cut only: they are compared with the ledger at the cut, never with the "
        "month's closing."
    )
    yield f"{cut_at(report)}. {report.drift.sentence}{known if report.drift.examined else ''}"
    if report.drift.examined and not report.period.holds_cut:
        yield f"The cut is not in {report.period.name}, so none of this is part of its verdict."
    if report.drift.not_compared:
        number = counted(report.drift.not_compared, "balance")
        yield (
            f"{number} could not be compared: without a ledger, without a recorded balance, or with several. "
            "Other rules judge those."
        )
    for line in report.exception_register.rules:
        if line.rule == "projections_do_not_drift":
            yield (
                f"Since the export before: {line.raised:,} new, {line.closing - line.raised:,} persisting, "
                f"{line.closed:,} cured."
            )
