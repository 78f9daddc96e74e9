"""The sections on what to look at by amount and by hand: exposure, and manual adjustments.

What goes in: columns and rows of both. What stays out: what the report does not hold, and looks.
"""

from reports.adjustments import Adjustments
from reports.model import Report
from reports.tables import Cell, Column, Section, Table, table


def exposure(report: Report) -> Section:
    """Say what drift puts at risk, by currency and kind."""
    columns = [
        Column("Exposure"), Column("Currency"), Column("Amount", "money"), Column("Balances", "number"),
        Column("Users", "number"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (each.exposure, each.currency, each.amount, each.balances, each.users) for each in report.exposure.amounts
    ]
    one_cause = (
        " Half or more of the balances drift: one cause, whose amounts say little of single accounts."
        if report.exposure.systemic
        else ""
    )
    return Section(
        "Exposure as of the cut",
        (
            "What drift puts at risk. Over-credited is what the application shows beyond the ledger; it is withdrawn "
            "as far as the ledger is below zero, for that much was spent that was never there. Under-credited is owed "
            "and not shown. Balances recorded without a ledger are part of it, those without a recorded one are not."
            f"{one_cause}"
        ),
        (table("Exposure", columns, rows),) if rows else (),
        nothing="No recorded balance is off its ledger.",
    )


def adjustments(report: Report) -> Section:
    """Tie the population of manual adjustments out, and list those to read first."""
    found = report.adjustments
    return Section(
        "Manual adjustments",
        (
            f"{found.transactions:,} adjustments of the month, every one looked at; {found.flagged:,} have a score. A "
            f"flag is a reason to look, and no finding. {' '.join(found.not_looked_for)}"
        ),
        (_population(found), _preparers(found), _flags(found), _first(found)) if found.transactions else (),
        nothing="The month has no adjustment.",
    )


def _population(found: Adjustments) -> Table:
    columns = [
        Column("Currency"), Column("Adjustments", "number"), Column("Amount", "money"),
        Column("In the roll-forward", "number"), Column("Its amount", "money"), Column("Ties"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            each.currency,
            each.transactions,
            each.amount,
            each.roll_forward_transactions,
            each.roll_forward,
            "yes" if each.ties else "no",
        )
        for each in found.totals
    ]
    return table("Population of adjustments", columns, rows)


def _preparers(found: Adjustments) -> Table:
    columns = (
        Column("Preparer", "id"), Column("Currency"), Column("Adjustments", "number"), Column("Gross", "money"),
        Column("Net", "money"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (each.created_by, each.currency, each.transactions, each.gross, each.net) for each in found.preparers
    ]
    path = found.rows_path if found.preparers_total > len(rows) else None
    return Table("By preparer", columns, tuple(rows), total=found.preparers_total, rows_path=path)


def _flags(found: Adjustments) -> Table:
    columns = [Column("Flag"), Column("Meaning"), Column("Weight", "number"), Column("Adjustments", "number")]
    rows: list[tuple[Cell, ...]] = [
        (
            each.flag.replace("_", " "),
            f"{each.meaning}{f' This source has no {each.missing}.' if each.missing else ''}",
            each.weight,
            each.transactions,
        )
        for each in found.flags
    ]
    return table("Flags", columns, rows)


def _first(found: Adjustments) -> Table:
    columns = (
        Column("Score", "number"), Column("Flags"), Column("Transaction", "id"), Column("Wallet", "id"),
        Column("Currency"), Column("Amount", "money"), Column("Preparer", "id"), Column("Created", "time"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            each.score,
            ", ".join(flag.replace("_", " ") for flag in each.flags),
            each.transaction_id,
            each.wallet_id,
            each.currency,
            each.amount,
            each.created_by,
            each.created_at,
        )
        for each in found.shown
    ]
    return Table("To read first", columns, tuple(rows), total=found.flagged, rows_path=found.rows_path, worked=True)
