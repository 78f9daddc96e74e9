"""Amounts by currency, from queries: what is owed, the roll-forward, drift at the cut and what it exposes.

What goes in: one query a table, and Python integers that add up. What stays out: words (narrative), rows.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from reports.facts import KindPolicy, MonthFacts, Query
from reports.front import Liability
from reports.sections import (
    CurrencyDrift,
    CurrencyRollForward,
    DriftingBalance,
    Exposed,
    ExposureAtCut,
    KindMovement,
    RollForward,
)
from reports.wording import utc

Row = Mapping[str, Any]


@cache
def sql(name: str) -> str:
    """Read the text of one of the report's queries."""
    return (files("reports") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def rows_of(query: Query, name: str) -> Sequence[Row]:
    """Ask one of the report's queries for its rows."""
    rows: Sequence[Row] = query(sql(name)).to_pylist()
    return rows


def minor(value: object) -> str:
    """Turn a sum (a decimal without fraction, an integer or nothing) into text of minor units."""
    return str(int(str(value or 0)))


def by_currency(rows: Sequence[Row]) -> dict[str, Row]:
    """Rows by their currency, of which each has one row."""
    return {str(row["currency"]): row for row in rows}


def liabilities(query: Query, closings: Sequence[Row], before: Sequence[Row]) -> tuple[Liability, ...]:
    """Compute what is owed by currency, beside the month before; a currency of either month has a line."""
    now, then, held = by_currency(closings), by_currency(before), by_currency(rows_of(query, "escrow_open"))
    codes = sorted({*now, *then, *held})
    return tuple(_liability(code, now.get(code, {}), then.get(code, {}), held.get(code, {})) for code in codes)


def _liability(currency: str, now: Row, then: Row, held: Row) -> Liability:
    owed, owed_before, escrow = minor(now.get("positive")), minor(then.get("positive")), minor(held.get("escrow"))
    return Liability(
        currency=currency,
        wallets=int(now.get("positive_balances") or 0),
        owed=owed,
        owed_before=owed_before,
        change=str(int(owed) - int(owed_before)),
        escrow=escrow,
        escrow_before=minor(held.get("escrow_before")),
        in_all=str(int(owed) + max(int(escrow), 0)),
        overdrawn_wallets=int(now.get("negative_balances") or 0),
        overdrawn=minor(now.get("negative")),
        overdrawn_before=minor(then.get("negative")),
    )


def roll_forward(
    query: Query, kinds: Sequence[KindPolicy], closings: Sequence[Row], before: Sequence[Row]
) -> RollForward:
    """From opening to closing: movements by kind on one side, closings by wallet on the other."""
    movements = rows_of(query, "movements_by_kind")
    taken = by_currency(rows_of(query, "openings_taken_over"))
    now, then = by_currency(closings), by_currency(before)
    codes = sorted({str(row["currency"]) for row in movements} | set(now) | set(then))
    lines = tuple(
        _line(
            code,
            kinds,
            [row for row in movements if row["currency"] == code],
            now.get(code, {}),
            (minor(then.get(code, {}).get("closing")), minor(taken.get(code, {}).get("amount"))),
        )
        for code in codes
    )
    return RollForward(foots=all(line.foots for line in lines), currencies=lines)


def _line(
    currency: str,
    kinds: Sequence[KindPolicy],
    movements: Sequence[Row],
    closing: Row,
    starts: tuple[str, str],
) -> CurrencyRollForward:
    settled = _kind_movements(kinds, [row for row in movements if row["settled"]])
    unsettled = [row for row in movements if not row["settled"]]
    by_kind = sum(int(start) for start in starts) + sum(int(movement.amount) for movement in settled)
    by_wallet = int(minor(closing.get("closing")))
    return CurrencyRollForward(
        currency=currency,
        opening=starts[0],
        taken_over=starts[1],
        movements=settled,
        closing_by_kind=str(by_kind),
        closing_by_wallet=str(by_wallet),
        difference=str(by_wallet - by_kind),
        foots=by_wallet == by_kind,
        balances=int(closing.get("balances") or 0),
        unsettled_transactions=sum(int(row["transactions"]) for row in unsettled),
        unsettled=str(sum(int(minor(row["amount"])) for row in unsettled)),
        unsettled_to_date=minor(closing.get("unsettled")),
    )


def _kind_movements(kinds: Sequence[KindPolicy], rows: Sequence[Row]) -> tuple[KindMovement, ...]:
    """One movement a kind, in the order of the configuration, unknown kinds last by name."""
    flows = {kind.kind: kind.flow for kind in kinds}
    order = {kind.kind: place for place, kind in enumerate(kinds)}
    movements = [
        KindMovement(
            kind=str(row["kind"]),
            flow=flows.get(str(row["kind"])),
            transactions=int(row["transactions"]),
            amount=minor(row["amount"]),
        )
        for row in rows
    ]
    return tuple(sorted(movements, key=lambda each: (order.get(each.kind, len(order)), each.kind)))


def drift_by_currency(rows: Sequence[Row], worst: Sequence[DriftingBalance]) -> tuple[CurrencyDrift, ...]:
    """How far the recorded balances are off, by currency; currencies without a comparison have no line."""
    largest = {balance.currency: balance.drift for balance in reversed(worst)}
    return tuple(
        CurrencyDrift(
            currency=str(row["currency"]),
            compared=int(row["compared"]),
            drifting=int(row["drifting"] or 0),
            gross=minor(row["gross"]),
            net=minor(row["net"]),
            largest=largest.get(str(row["currency"]), "0"),
        )
        for row in rows
        if row["compared"]
    )


def worst_drift(query: Query) -> tuple[DriftingBalance, ...]:
    """Find the balances that drift most, ten a currency, the furthest from zero first."""
    return tuple(
        DriftingBalance(
            wallet_id=row["wallet_id"],
            currency=row["currency"],
            ledger=minor(row["ledger"]),
            recorded=minor(row["recorded"]),
            drift=minor(row["drift"]),
            state=row["state"],
            first_cut_at=utc(row["first_cut_at"]) if row["first_cut_at"] else None,
            days=row["days"],
        )
        for row in rows_of(query, "drift_worst")
    )


def exposure(facts: MonthFacts, query: Query) -> ExposureAtCut:
    """Find what drift puts at risk; drift that is systemic has one cause, and its amounts stand apart."""
    rules = {outcome.rule: outcome for outcome in facts.outcomes_month}
    drifting = rules.get("projections_do_not_drift")
    return ExposureAtCut(
        systemic=bool(drifting and drifting.systemic),
        amounts=tuple(
            Exposed(**{**row, "amount": minor(row["amount"])})
            for row in (rows_of(query, "exposure") if "wallet_balances" not in facts.basis.absent_tables else ())
        ),
    )
