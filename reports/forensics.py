"""From the flags of adjustments to their section of the report.

What goes in: queries over the adjustments of the month. What stays out: the flags themselves (assets/forensics).
"""

from collections.abc import Sequence

from reports.adjustments import Adjustments, AdjustmentTotal, FlaggedAdjustment, FlagWeight, Preparer
from reports.facts import FlagPolicy, MonthFacts, Query
from reports.figures import Row, minor, rows_of
from reports.sections import KindMovement, RollForward
from reports.wording import utc

LIMIT = 50
KIND = "ADJUSTMENT"


def adjustments(facts: MonthFacts, query: Query, footing: RollForward) -> Adjustments:
    """Tie the adjustments out to the roll-forward, and show who made them and which to read first."""
    preparers, flagged = rows_of(query, "adjustments_by_preparer"), rows_of(query, "adjustments_flagged")
    (counted,) = rows_of(query, "adjustments_counted")
    return Adjustments(
        transactions=int(counted["transactions"]),
        totals=_totals(rows_of(query, "adjustments_settled"), footing),
        preparers=tuple(_preparer(row) for row in preparers[:LIMIT]),
        preparers_total=len(preparers),
        flags=tuple(_flag(flag, counted) for flag in facts.flags),
        not_looked_for=tuple(facts.not_looked_for),
        flagged=len(flagged),
        shown=tuple(_shown(row, facts.flags) for row in flagged[:LIMIT]),
        rows_path=facts.adjustments_path if counted["transactions"] else None,
    )


def _totals(settled: Sequence[Row], footing: RollForward) -> tuple[AdjustmentTotal, ...]:
    """Return a line for each currency that either side has an adjustment in."""
    looked_at = {str(row["currency"]): row for row in settled}
    added_up = {
        line.currency: movement for line in footing.currencies for movement in line.movements if movement.kind == KIND
    }
    return tuple(
        _total(code, looked_at.get(code, {}), added_up.get(code)) for code in sorted(looked_at.keys() | added_up.keys())
    )


def _total(currency: str, row: Row, movement: KindMovement | None) -> AdjustmentTotal:
    transactions, amount = int(row.get("transactions") or 0), minor(row.get("amount"))
    beside = (movement.transactions, movement.amount) if movement else (0, "0")
    return AdjustmentTotal(
        currency=currency,
        transactions=transactions,
        amount=amount,
        roll_forward_transactions=beside[0],
        roll_forward=beside[1],
        ties=(transactions, amount) == beside,
    )


def _preparer(row: Row) -> Preparer:
    return Preparer(
        created_by=row["created_by"],
        currency=row["currency"],
        transactions=int(row["transactions"]),
        gross=minor(row["gross"]),
        net=minor(row["net"]),
    )


def _flag(flag: FlagPolicy, counted: Row) -> FlagWeight:
    return FlagWeight(
        flag=flag.name,
        meaning=flag.meaning,
        weight=flag.weight,
        transactions=int(counted[flag.name] or 0),
        missing=flag.missing,
    )


def _shown(row: Row, flags: Sequence[FlagPolicy]) -> FlaggedAdjustment:
    return FlaggedAdjustment(
        transaction_id=row["transaction_id"],
        wallet_id=row["wallet_id"],
        currency=row["currency"],
        amount=minor(row["amount"]),
        created_at=utc(row["created_at"]),
        created_by=row["created_by"],
        score=int(row["score"]),
        flags=tuple(flag.name for flag in flags if row[flag.name]),
    )
