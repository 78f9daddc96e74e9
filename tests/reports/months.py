"""Believable months to report: a small seeded ledger, and its tables as the views that a report asks.

What goes in: facts and tables. What stays out: what the report must make of them (the tests).
"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from assets.promises import TIME
from assets.schemas import TABLES
from reports.build import Basis, KindPolicy, MonthFacts

SUM = pa.decimal128(38, 0)
COLUMNS = (
    "transaction_id", "wallet_key", "currency", "amount", "kind", "settled", "created_at", "source_created_at",
    "delay_us",
)  # fmt: skip
HOSTILE = (
    "wallet_<script>alert('x')</script>",
    "wallet_" + "k57f3a9c" * 24,
    "\u0645\u062d\u0641\u0638\u0629_\u0627\u0644\u0642\u0627\u0647\u0631\u0629_77",
    "wallet_\u202egnihtemos\u202c_\u0007",
    'wallet_"quoted"&amp;',
)
DECIMALS = {"EGP": 2, "JPY": 0, "KWD": 3, "USD": 2}
KINDS = (
    KindPolicy("INITIAL_FUNDING", "credit", "external"),
    KindPolicy("DEPOSIT", "credit", "external"),
    KindPolicy("WITHDRAWAL", "debit", "external"),
    KindPolicy("ADJUSTMENT", "either", "external"),
    KindPolicy("TRANSFER", "either", "transfer"),
    KindPolicy("ESCROW_HOLD", "debit", "escrow"),
    KindPolicy("ESCROW_RELEASE", "credit", "escrow"),
    KindPolicy("FEE", "either", "external"),
)
BASIS = Basis(
    settled=("COMPLETED",),
    unsettled=("PENDING", "FAILED", "CANCELLED"),
    kinds=KINDS,
    drift_tolerance=1,
    currencies=DECIMALS,
    absent_tables=("escrows",),
)


@dataclass
class Ledger:
    """Rows of a seeded ledger: (wallet, currency, kind, amount, settled, this month)."""

    rows: list[tuple[str, str, str, int, bool, bool]] = field(default_factory=list)
    wallets: list[tuple[str, str]] = field(default_factory=list)
    recorded_beside: dict[str, int] = field(default_factory=dict)


def ledger(seed: int, wallets: int, currencies: Sequence[str]) -> Ledger:
    """Make a ledger of so many wallets in each currency, with two months of transactions."""
    draw, made = random.Random(seed), Ledger()  # noqa: S311 - a fixture, no secret
    for currency in currencies:
        unit = 10 ** DECIMALS.get(currency, 0)
        scale = {"EGP": 900, "JPY": 4200, "KWD": 40}.get(currency, 120)
        ids = [f"{currency.lower()}_{draw.getrandbits(64):016x}" for _ in range(wallets)]
        made.wallets += [(wallet, currency) for wallet in ids]
        for now in (False, True):
            for wallet in ids:
                if not now:
                    made.rows.append((wallet, currency, "INITIAL_FUNDING", 2 * scale * unit, True, now))
                for kind, sign, share in (
                    ("DEPOSIT", 1, 9),
                    ("WITHDRAWAL", -1, 3),
                    ("FEE", -1, 0),
                    ("ESCROW_HOLD", -1, 2),
                ):
                    amount = sign * (draw.randrange(1, scale * unit) * share // 4 + unit // 5 + 1)
                    made.rows.append((wallet, currency, kind, amount, True, now))
                if draw.random() < 0.5:
                    amount, other = draw.randrange(1, scale * unit // 2), draw.choice(ids)
                    made.rows.append((wallet, currency, "TRANSFER", -amount, True, now))
                    made.rows.append((other, currency, "TRANSFER", amount, True, now))
                if draw.random() < 0.15:
                    made.rows.append((wallet, currency, "ESCROW_RELEASE", scale * unit // 2, True, now))
                if draw.random() < 0.06:
                    made.rows.append((wallet, currency, "WITHDRAWAL", -scale * unit // 3, False, now))
    return made


def _key(wallet: str) -> int:
    return int.from_bytes(wallet.encode()[:40], "big") % (2**63)


def tables(made: Ledger, drift: Mapping[str, int]) -> dict[str, pa.Table]:
    """Make the views a report may ask, with the recorded balances off by `drift`."""
    movements: dict[tuple[str, str, str, bool], list[int]] = defaultdict(lambda: [0, 0])
    before: dict[tuple[str, str], int] = defaultdict(int)
    moved: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    pending: dict[tuple[str, str], int] = defaultdict(int)
    for wallet, currency, kind, amount, settled, now in made.rows:
        balance = (wallet, currency)
        if not settled:
            pending[balance] += amount
        elif not now:
            before[balance] += amount
        else:
            moved[balance][0] += 1
            moved[balance][1] += amount
        if now:
            movements[wallet, currency, kind, settled][0] += 1
            movements[wallet, currency, kind, settled][1] += amount
    balances = sorted(set(before) | set(moved))
    closings = {each: before.get(each, 0) + (moved[each][1] if each in moved else 0) for each in balances}
    return {
        "movements": _movements(movements),
        "closings": _closings(balances, before, moved, pending),
        "closings_before": _closings(sorted(before), before, {}, {}),
        "drift": _drift(closings, drift),
        "exposure": _exposure(closings, drift),
        "open_escrow": _open_escrow(made),
        "exceptions": _exceptions(drift),
        "adjustment_flags": TABLES["adjustment_flags"].empty_table(),
        "wallets": pa.table(
            {
                "wallet_id": pa.array([wallet for wallet, _ in made.wallets], pa.string()),
                "wallet_key": pa.array([_key(wallet) for wallet, _ in made.wallets], pa.int64()),
                "currency": pa.array([currency for _, currency in made.wallets], pa.string()),
                "opening": pa.nulls(len(made.wallets), pa.int64()),
                "is_active": pa.array([place % 9 != 0 for place in range(len(made.wallets))], pa.bool_()),
            }
        ),
        "settings": pa.table({"drift_tolerance": pa.array([1], pa.int64())}),
        "transactions": transactions([row for row in made.rows if row[5] and abs(row[3]) < 2**63]),
        "nearby": transactions([row for row in made.rows if row[5] and abs(row[3]) < 2**63]),
        "ledger": pa.table(
            {
                "zone": ["UTC"],
                "cut_at": pa.array([datetime(2025, 7, 17, 9, tzinfo=UTC)], pa.timestamp("us", "UTC")),
                "first_day": [date(2025, 7, 1)],
                "next_day": [date(2025, 8, 1)],
            }
        ),
        "reconciled": TABLES["earlier_cuts"].empty_table(),
        "drift_history": TABLES["drift_history"].empty_table(),
        "currencies": pa.table(
            {"currency": pa.array(DECIMALS, pa.string()), "decimals": pa.array(DECIMALS.values(), pa.int64())}
        ),
    }


def transactions(rows: Sequence[tuple[str, str, str, int, bool, bool]]) -> pa.Table:
    """Make the month's transactions of rows of a ledger, one an hour, each created two seconds later."""
    schema = pa.schema([TABLES["transactions"].field(name) for name in COLUMNS])
    made = [
        {
            "transaction_id": f"txn_{place:06d}",
            "wallet_key": _key(wallet),
            "currency": currency,
            "amount": amount,
            "kind": kind,
            "settled": settled,
            "created_at": datetime(2025, 7, 1, tzinfo=UTC) + timedelta(hours=place % 360),
            "source_created_at": datetime(2025, 7, 1, tzinfo=UTC) + timedelta(hours=place % 360, seconds=2),
            "delay_us": 2_000_000,
        }
        for place, (wallet, currency, kind, amount, settled, _) in enumerate(rows)
    ]
    return pa.Table.from_pylist(made, schema=schema)


def _movements(movements: Mapping[tuple[str, str, str, bool], list[int]]) -> pa.Table:
    return pa.table(
        {
            "month": pa.array(["2025-07"] * len(movements), pa.string()),
            "wallet_key": pa.array([_key(key[0]) for key in movements], pa.int64()),
            "currency": pa.array([key[1] for key in movements], pa.string()),
            "kind": pa.array([key[2] for key in movements], pa.string()),
            "settled": pa.array([key[3] for key in movements], pa.bool_()),
            "transactions": pa.array([value[0] for value in movements.values()], pa.int64()),
            "amount": pa.array([Decimal(value[1]) for value in movements.values()], SUM),
        }
    )


def _closings(
    balances: Sequence[tuple[str, str]],
    before: Mapping[tuple[str, str], int],
    moved: Mapping[tuple[str, str], Sequence[int]],
    pending: Mapping[tuple[str, str], int],
) -> pa.Table:
    movement = [moved[each][1] if each in moved else 0 for each in balances]
    opening = [before.get(each, 0) for each in balances]
    return pa.table(
        {
            "wallet_key": pa.array([_key(wallet) for wallet, _ in balances], pa.int64()),
            "currency": pa.array([currency for _, currency in balances], pa.string()),
            "transactions": pa.array([moved[each][0] if each in moved else 0 for each in balances], pa.int64()),
            "opening": pa.array(map(Decimal, opening), SUM),
            "movement": pa.array(map(Decimal, movement), SUM),
            "closing": pa.array([Decimal(a + b) for a, b in zip(opening, movement, strict=True)], SUM),
            "unsettled": pa.array([Decimal(pending.get(each, 0)) for each in balances], SUM),
            "last_settled_at": pa.array([_last_moved(each in moved, each) for each in balances], TIME),
        }
    )


def _last_moved(now: bool, balance: tuple[str, str]) -> datetime:  # noqa: FBT001 - a fixture
    """Let every fifth balance that did not move this month have rested for two years."""
    if now:
        return datetime(2025, 7, 9, tzinfo=UTC)
    return datetime(2023, 7, 1, tzinfo=UTC) if _key(balance[0]) % 5 == 0 else datetime(2025, 6, 9, tzinfo=UTC)


def _open_escrow(made: Ledger) -> pa.Table:
    """Sum what kinds of escrow took out of wallets, less what they put back, by month."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    for _, currency, kind, amount, settled, now in made.rows:
        if settled and kind in ("ESCROW_HOLD", "ESCROW_RELEASE"):
            held["2025-07" if now else "2025-06", currency] -= amount
    rows = [{"month": month, "currency": code, "amount": Decimal(held[month, code])} for month, code in sorted(held)]
    return pa.Table.from_pylist(rows, schema=TABLES["open_escrow"])


def _exceptions(drift: Mapping[str, int]) -> pa.Table:
    """Know every drifting balance since ten days before the cut."""
    rows = [
        {
            "rule": "projections_do_not_drift",
            "subject": wallet,
            "wallet_id": wallet,
            "currency": "EGP",
            "state": "persisting",
            "first_cut_at": datetime(2025, 7, 7, 9, tzinfo=UTC),
            "days": 10,
        }
        for wallet in drift
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["exceptions"])


def _drift(closings: Mapping[tuple[str, str], int], drift: Mapping[str, int]) -> pa.Table:
    off = [drift.get(wallet, 0) for wallet, _ in closings]
    return pa.table(
        {
            "wallet_id": pa.array([wallet for wallet, _ in closings], pa.string()),
            "currency": pa.array([currency for _, currency in closings], pa.string()),
            "ledger": pa.array(map(Decimal, closings.values()), SUM),
            "recorded": pa.array([Decimal(a + b) for a, b in zip(closings.values(), off, strict=True)], SUM),
            "drift": pa.array(map(Decimal, off), SUM),
        }
    )


def _exposure(closings: Mapping[tuple[str, str], int], drift: Mapping[str, int]) -> pa.Table:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for (wallet, currency), ledger in closings.items():
        off = drift.get(wallet, 0)
        spent = min(max(off, 0), max(-ledger, 0))
        for exposure, amount in (
            ("over-credited, still there", max(off, 0) - spent),
            ("over-credited, withdrawn", spent),
            ("under-credited", max(-off, 0)),
        ):
            if amount:
                found[currency, exposure].append(amount)
    return pa.table(
        {
            "currency": pa.array([currency for currency, _ in found], pa.string()),
            "exposure": pa.array([exposure for _, exposure in found], pa.string()),
            "amount": pa.array([Decimal(sum(amounts)) for amounts in found.values()], SUM),
            "balances": pa.array([len(amounts) for amounts in found.values()], pa.int64()),
            "users": pa.array([len(amounts) for amounts in found.values()], pa.int64()),
        }
    )


def query_over(views: Mapping[str, pa.Table]) -> Callable[[str], pa.Table]:
    """DuckDB over these tables, as the engine of an audit would be."""
    connection = duckdb.connect()
    for name, table in views.items():
        connection.register(name, table)

    def query(text: str) -> pa.Table:
        result: Any = connection.sql(text)
        return result.to_arrow_table()

    return query


def with_facts(facts: MonthFacts, **changes: Any) -> MonthFacts:  # noqa: ANN401 - any field
    """Copy a month with other facts."""
    return replace(facts, **changes)
