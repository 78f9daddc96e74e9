"""Causes and first divergences beside plain Python that tries every explanation, over many small wallets at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.assets.ledgers import quick
from tests.checks.ledger_text import Case
from tests.checks.test_causes import found

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
SINGLE = {"missed_apply", "double_apply", "sign_lost", "unsettled_counted", "units_mixed"}
ROWS = st.lists(
    st.tuples(
        st.sampled_from([-500, -70, -30, -20, 10, 20, 30, 70, 300, 2000]),
        st.integers(0, 3),
        st.sampled_from(["COMPLETED", "COMPLETED", "COMPLETED", "PENDING"]),
    ),
    min_size=1,
    max_size=7,
)
WALLETS = st.lists(st.tuples(ROWS, st.integers(0, 6), st.sampled_from([-2, -1, 1, 2, 99]), st.booleans()), min_size=40)
Row = dict[str, Any]


def wallets(drawn: list[Any]) -> Iterator[tuple[str, list[Row], int]]:
    """Yield wallets with rows in ledger order and what is recorded; some rows tell the source's own balance."""
    for number, (rows, victim, weight, told) in enumerate(drawn):
        name = f"w{number}"
        made = [
            {"id": f"{name}-{i}", "amount": amount, "at": FIRST + timedelta(days=day), "settled": status == "COMPLETED"}
            for i, (amount, day, status) in enumerate(sorted(rows, key=lambda row: row[1]))
        ]
        wrong = made[victim % len(made)]
        ledger = balance = 0
        for row in made:
            ledger += row["amount"] * row["settled"]
            balance += row["amount"] * row["settled"] + (row["amount"] * weight if row is wrong else 0)
            row["running"] = balance if told else None
        yield name, made, ledger + wrong["amount"] * weight


def single_fits(rows: list[Row], drift: int) -> set[tuple[str, str]]:
    """Return every row that explains the whole drift, with how."""
    fits = set()
    for row in rows:
        amount = row["amount"]
        moved = {"missed_apply": -amount, "double_apply": amount, "sign_lost": -2 * amount}
        units = {99 * amount} | ({amount // 100 - amount} if amount % 100 == 0 else set())
        if row["settled"]:
            cause = next((cause for cause, gap in moved.items() if gap == drift), None)
            cause = cause or ("units_mixed" if drift in units else None)
        else:
            cause = "unsettled_counted" if drift == amount else None
        fits |= {(row["id"], cause)} if cause else set()
    return fits


def suffixes(rows: list[Row]) -> dict[int, int]:
    """Return the sums of all settled rows after an instant, each with the fewest rows that make it; two or more."""
    found: dict[int, int] = {}
    for at in [*sorted({row["at"] for row in rows}, reverse=True), FIRST - timedelta(days=1)]:
        later = [row["amount"] for row in rows if row["settled"] and row["at"] > at]
        if len(later) > 1:
            found.setdefault(sum(later), len(later))
    return found


def first_parting(rows: list[Row]) -> tuple[str, int] | None:
    """Return the first row of the first instant whose running balances all miss the ledger, and its rows."""
    for at in sorted({row["at"] for row in rows}):
        instant = [row for row in rows if row["at"] == at]
        ledger = sum(row["amount"] for row in rows if row["settled"] and row["at"] <= at)
        if ledger not in [row["running"] for row in instant]:
            return instant[0]["id"], len(instant)
    return None


def case_of(made: list[tuple[str, list[Row], int]]) -> Case:
    """Return the wallets as a case that is written."""
    transactions = [
        {
            "transaction_id": row["id"],
            "wallet_id": name,
            "amount": str(row["amount"]),
            "status": "COMPLETED" if row["settled"] else "PENDING",
            "created_at": row["at"].date().isoformat(),
            "running_balance": "-" if row["running"] is None else str(row["running"]),
        }
        for name, rows, _ in made
        for row in rows
    ]
    recorded = [{"wallet_id": name, "recorded": str(balance)} for name, _, balance in made]
    return Case("causes", "drawn", keeps=False, tables={"transactions": transactions, "wallet_balances": recorded})


@given(WALLETS)
@quick(6)
def test_the_cause_is_one_that_plain_python_finds(drawn: list[Any]) -> None:
    made = list(wallets(drawn))
    with TemporaryDirectory() as folder:
        rows = {row["wallet_id"]: row for row in found(case_of(made), Path(folder))}
    for name, entries, recorded in made:
        ledger = sum(row["amount"] for row in entries if row["settled"])
        if not any(row["settled"] for row in entries) or recorded == ledger:
            continue
        check(rows[name], entries, recorded - ledger)


def check(row: Row, entries: list[Row], drift: int) -> None:
    """Hold one answer against every explanation there is."""
    assert row["drift"] == drift
    parting = first_parting(entries) if entries[0]["running"] is not None else None
    if parting:
        assert (row["parted_transaction_id"], row["window_rows"]) == parting
        assert (row["parted_by"], row["exact"]) == ("running balances", parting[1] == 1)
    fits = single_fits(entries, drift)
    unsettled = sum(entry["amount"] for entry in entries if not entry["settled"])
    if row["evidence"] in ("arithmetic", "window") and row["cause"] in SINGLE and not row["rows_of"]:
        assert (row["transaction_id"], row["cause"]) in fits
        assert row["candidates"] == len(fits) or row["evidence"] == "window"
    if row["cause"] == "unsettled_counted" and row["evidence"] == "figures":
        assert drift == unsettled
    if row["cause"] == "stale" and row["evidence"] == "arithmetic":
        assert (not fits, suffixes(entries)[-drift]) == (True, row["rows"])
    if row["cause"] == "unexplained":
        assert not fits
        assert drift != unsettled
        assert -drift not in suffixes(entries)
