"""What provenance says of seals: the seal before, and a table each of balances and transactions that were restated.

What goes in: columns and rows. What stays out: what the report does not hold, and looks.
"""

from collections.abc import Iterator

from reports.model import Report
from reports.restatement import Restatement
from reports.tables import Cell, Column, Table


def of_seals(report: Report) -> Iterator[tuple[Cell, ...]]:
    """Yield what the report's origin says of seals."""
    if before := report.provenance.previous_seal:
        yield "Seal of the month before", f"{before.bag}: {before.seal}"
    if found := report.provenance.restatement:
        yield "Restates", f"{found.replaces.bag}: {found.replaces.seal}"
        yield "Root of the rows as sealed", found.root_sealed
        yield "Root of the rows now", found.root


def restated(report: Report) -> tuple[Table, ...]:
    """Return the tables of a restatement, those that have rows."""
    found = report.provenance.restatement
    return tuple(each for each in (_balances(found), _rows(found)) if each.rows) if found else ()


def _balances(found: Restatement) -> Table:
    columns = (
        Column("Wallet", "id"), Column("Currency"), Column("Closed as sealed", "money"), Column("Closes now", "money"),
        Column("Difference", "money", less=("Closes now", "Closed as sealed")),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (each.wallet_id, each.currency, each.sealed, each.now, each.difference) for each in found.balances
    ]
    return Table("Restated balances", columns, tuple(rows), total=found.balances_total, rows_path=found.balances_path)


def _rows(found: Restatement) -> Table:
    columns = (
        Column("Transaction", "id"), Column("What became of it"), Column("Wallet", "id"), Column("Currency"),
        Column("Amount as sealed", "money"), Column("Amount now", "money"), Column("Other values in"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            each.transaction_id,
            each.change,
            each.wallet_id,
            each.currency,
            each.sealed,
            each.now,
            ", ".join(each.columns),
        )
        for each in found.rows
    ]
    return Table("Restated transactions", columns, tuple(rows), total=found.rows_total, rows_path=found.rows_path)
