"""From the closings of a month to what is said of balances one by one, and to the totals its rows tie out by.

What goes in: one query a table. What stays out: sums of the ledger and what was recorded (figures).
"""

from reports.balances import BalancesAtEnd, Holdings, SizeBand, WalletCount, WalletProof
from reports.facts import MonthFacts, Query
from reports.figures import Row, minor, rows_of
from reports.restatement import named_seal
from reports.sections import DriftSize, MonthTotal
from reports.wording import utc


def wallet_proof(facts: MonthFacts, query: Query) -> WalletProof:
    """Carry every balance from the month before, and hold its opening against the seal where there is one."""
    counts = tuple(WalletCount(**row) for row in rows_of(query, "wallet_counts"))
    wrong = sum(each.gone + each.not_footing + each.not_continuing + each.not_moved_so for each in counts)
    seal = named_seal(facts.previous_seal)
    same = seal is None or facts.off_the_seal == 0
    return WalletProof(holds=same and not wrong, currencies=counts, seal=seal, off_the_seal=facts.off_the_seal)


def balances_at_end(query: Query) -> BalancesAtEnd:
    """Say how the balances spread when the period ends."""
    (activity,) = rows_of(query, "activity_known")
    return BalancesAtEnd(
        knows_activity=bool(activity["known"]),
        holdings=tuple(
            Holdings(
                **{
                    **row,
                    **{name: minor(row[name]) for name in ("owed", "ten_largest", "dormant_amount", "inactive_amount")},
                }
            )
            for row in rows_of(query, "holdings")
        ),
        bands=tuple(
            SizeBand(
                currency=row["currency"],
                side=row["side"],
                at_least=_at_least(row),
                balances=row["balances"],
                amount=minor(row["amount"]),
            )
            for row in rows_of(query, "balance_bands")
        ),
    )


def totals_of_month(query: Query) -> tuple[MonthTotal, ...]:
    """Total the month's rows of every status, by currency."""
    return tuple(
        MonthTotal(
            currency=row["currency"],
            transactions=row["transactions"],
            total=minor(row["total"]),
            credits=minor(row["credits"]),
            debits=minor(row["debits"]),
            first_id=row["first_id"],
            last_id=row["last_id"],
            first_at=utc(row["first_at"]),
            last_at=utc(row["last_at"]),
        )
        for row in rows_of(query, "totals_of_month")
    )


def drift_sizes(query: Query) -> tuple[DriftSize, ...]:
    """Count the balances that drift by the number of digits of what they are off by."""
    return tuple(
        DriftSize(
            currency=row["currency"],
            at_least=_at_least(row),
            balances=row["balances"],
            gross=minor(row["gross"]),
        )
        for row in rows_of(query, "drift_sizes")
    )


def _at_least(row: Row) -> str:
    """Return the smallest number of so many digits: the lower bound of a band."""
    return str(10 ** (int(row["digits"]) - 1))
