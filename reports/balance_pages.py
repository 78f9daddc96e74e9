"""The sections on balances one by one: the proof wallet by wallet, the sample to be drawn, and who holds how much.

What goes in: columns, rows and charts of each. What stays out: what the report does not hold, and looks.
"""

from collections.abc import Iterator

from checks.sentences import counted
from reports.balances import SizeBand
from reports.bars import Bar, bars
from reports.model import Report
from reports.risk_pages import exposure
from reports.tables import Cell, Column, Panel, Section, Table, table
from reports.wording import size

YEAR = "not moved for twelve months"


def wallets(report: Report) -> Section:
    """Carry every balance from the month before to the end of the period, and count those that do not add up."""
    found = report.wallets
    columns = [
        Column("Currency"), Column("Opening", "number"), Column("Opened", "number"), Column("Gone", "number"),
        Column("Closing", "number"), Column("Moved in the month", "number"),
    ]  # fmt: skip
    wrong = [
        Column("Currency"), Column("Opening and movement do not give closing", "number"),
        Column("Opens other than it closed", "number"), Column("Movement is not the sum of its rows", "number"),
    ]  # fmt: skip
    counts: list[tuple[Cell, ...]] = [
        (each.currency, each.opening, each.opened, each.gone, each.closing, each.moved) for each in found.currencies
    ]
    off: list[tuple[Cell, ...]] = [
        (each.currency, each.not_footing, each.not_continuing, each.not_moved_so) for each in found.currencies
    ]
    return Section(
        "Wallet-level proof",
        (
            "Every balance is looked at, none is sampled. Opening and opened, less gone, give closing; a balance never "
            f"goes. {'Every balance adds up.' if found.holds else 'Not every balance adds up.'} {_sealed(report)}"
        ),
        (table("Balances carried forward", columns, counts), table("Balances that do not add up", wrong, off)),
        nothing="There is no balance to carry forward.",
    )


def _sealed(report: Report) -> str:
    found = report.wallets
    if found.seal is None:
        return "The month before is not sealed from an earlier export, so openings are held against no seal."
    if found.off_the_seal is None:
        return f"Openings were held against seal {found.seal.bag}: they differ, and the balances could not be named."
    many = counted(found.off_the_seal, "balance")
    return f"Openings were held against seal {found.seal.bag}: {many} of the month before closed otherwise."


def sample(report: Report) -> Section:
    """Say what a sample of closing balances is drawn from, and how."""
    month = report.period.month
    columns = [
        Column("Currency"), Column("Balances above zero", "number"), Column("Book value", "money"),
        Column("Balances at zero", "number"), Column("Balances below zero", "number"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (each.currency, each.above, each.owed, each.zero, each.below) for each in report.balances.holdings
    ]
    return Section(
        "Sample for testing",
        (
            "A monetary unit sample is drawn once the month is sealed, so that nobody can steer it: the auditor names "
            f"a nonce, and 'tieout sample --month {month} --nonce NONCE' derives every item from it and from the "
            "sealed root, with the proof that each is in the seal. Such a sample finds balances that are too high. "
            "Against balances that are too low, test some at or below zero as well, and trace receipts of the bank "
            "into the ledger."
        ),
        (table("What is drawn from", columns, rows),) if rows else (),
        nothing="There is no balance to draw from.",
    )


def holdings(report: Report) -> Section:
    """Say what drift puts at risk, and how balances spread."""
    at_risk, found = exposure(report), report.balances
    columns = [
        Column("Currency"), Column("Owed", "money"), Column("Ten largest", "money"), Column("Dormant", "number"),
        Column("Dormant amount", "money"), Column("Inactive", "number"), Column("Inactive amount", "money"),
        Column("Below zero", "number"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            each.currency,
            each.owed,
            each.ten_largest,
            each.dormant,
            each.dormant_amount,
            each.inactive if found.knows_activity else None,
            each.inactive_amount if found.knows_activity else None,
            each.below,
        )
        for each in found.holdings
    ]
    active = "" if found.knows_activity else " This source does not say which wallets are active."
    return Section(
        "Exposure",
        f"As of the cut: {at_risk.said} When the period ends: dormant balances are above zero and {YEAR}.{active}",
        (*at_risk.tables, *((table("Who holds how much", columns, rows), _bands(report)) if rows else ())),
        panels=tuple(_spread(report)),
    )


def _bands(report: Report) -> Table:
    columns = [
        Column("Currency"), Column("Side"), Column("At least", "money"), Column("Balances", "number"),
        Column("Amount", "money"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (each.currency, each.side, each.at_least, each.balances, each.amount) for each in report.balances.bands
    ]
    return table("Balances by size", columns, rows)


def _spread(report: Report) -> Iterator[Panel]:
    decimals = report.basis.decimals
    for each in report.balances.holdings:
        bands = [band for band in report.balances.bands if band.currency == each.currency]
        if len(bands) > 1:
            drawn = tuple(Bar(_label(band, decimals.get(each.currency, 0)), band.balances) for band in _in_order(bands))
            yield Panel(each.currency, f"{each.currency}: balances by size, in major units", bars(drawn, 1))


def _in_order(bands: list[SizeBand]) -> list[SizeBand]:
    """Order bands along the line of numbers: the furthest below zero first."""
    return sorted(bands, key=lambda band: int(band.at_least) * (1 if band.side == "above zero" else -1))


def _label(band: SizeBand, decimals: int) -> str:
    return f"{'-' if band.side == 'below zero' else ''}{size(band.at_least, decimals)}"
