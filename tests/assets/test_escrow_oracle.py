"""What escrow holds at the end of each month, against plain Python that keeps the books of every entity."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from assets.configuration import configuration_tables
from assets.escrow import open_escrow
from assets.mapping_file import load_mapping
from assets.schemas import TABLES
from tests.assets.ledgers import quick

Row = tuple[str, str | None, str, int, bool, int]
"""Kind, entity, currency, amount, settled, and the day it is dated."""
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
FLOWS = {"ESCROW_HOLD": 1, "ESCROW_RELEASE": 1, "PAYOUT": 2, "FEE": 3, "REFUND": 3}
KINDS = st.sampled_from([*FLOWS, "DEPOSIT"])
ROWS = st.lists(
    st.tuples(
        KINDS,
        st.sampled_from(["gig-1", "gig-2", "", None]),
        st.sampled_from(["EGP", "USD"]),
        st.integers(-50, 50).filter(bool),
        st.booleans() | st.just(value=True),
        st.integers(0, 80),
    ),
    max_size=14,
)


def at(day: int) -> datetime:
    return BEGAN + timedelta(days=day)


def computed(rows: Sequence[Row], *, pool: str, recorded: bool) -> dict[tuple[str, str], int]:
    """Ask the query what each month put into escrow, less what it took out; months of nothing left out."""
    mapping = load_mapping(None)
    mapping = mapping.model_copy(
        update={"rules": mapping.rules.model_copy(update={"escrow_pool": pool, "escrow_fee_recorded": recorded})}
    )
    transactions = pa.Table.from_pylist(
        [
            {
                "kind": kind, "related_id": entity, "currency": currency, "amount": amount, "settled": settled,
                "created_at": at(day), "month": at(day).strftime("%Y-%m"),
            }
            for kind, entity, currency, amount, settled, day in rows
        ],
        schema=TABLES["transactions"],
    )  # fmt: skip
    configured = configuration_tables(mapping)
    found = open_escrow({"transactions": transactions, **{name: configured[name] for name in ("kinds", "settings")}})
    return {(row["month"], row["currency"]): int(row["amount"]) for row in found.to_pylist() if row["amount"]}


def expected(rows: Sequence[Row], *, recorded: bool) -> dict[tuple[str, str], int]:
    """Keep the books: a row counts by its flow; where payouts close an escrow, each empties it."""
    held = {
        entity
        for kind, entity, _, amount, settled, _ in rows
        if settled and kind in ("ESCROW_HOLD", "ESCROW_RELEASE") and amount < 0 and entity
    }
    books: dict[tuple[str | None, str], list[tuple[int, int, bool]]] = defaultdict(list)
    for kind, entity, currency, amount, settled, day in rows:
        flow = FLOWS.get(kind)
        if settled and flow and (flow == 1 or (flow == 2 and amount > 0) or (flow == 3 and entity in held)):
            books[entity, currency].append((day, -amount, flow == 2))
    found: dict[tuple[str, str], int] = defaultdict(int)
    for (entity, currency), lines in books.items():
        held_now = 0
        for day in sorted({day for day, _, _ in lines}):
            today = [(change, is_payout) for each, change, is_payout in lines if each == day]
            before = held_now
            held_now += sum(change for change, _ in today)
            if entity and not recorded and any(is_payout for _, is_payout in today):
                held_now = 0
            found[at(day).strftime("%Y-%m"), currency] += held_now - before
    return {key: amount for key, amount in found.items() if amount}


@quick(60)
@given(ROWS, st.booleans())
def test_open_escrow_is_that_of_the_books(rows: list[Row], recorded: bool) -> None:  # noqa: FBT001 - drawn
    assert computed(rows, pool="implicit", recorded=recorded) == expected(rows, recorded=recorded)


def test_what_a_payout_leaves_is_revenue_only_where_fees_are_not_recorded() -> None:
    rows: list[Row] = [("ESCROW_HOLD", "gig-1", "EGP", -100, True, 3), ("PAYOUT", "gig-1", "EGP", 90, True, 40)]
    assert computed(rows, pool="implicit", recorded=True) == {("2025-01", "EGP"): 100, ("2025-02", "EGP"): -90}
    assert computed(rows, pool="implicit", recorded=False) == {("2025-01", "EGP"): 100, ("2025-02", "EGP"): -100}


@given(ROWS, st.booleans())
@quick(40)
def test_rows_that_come_later_change_no_month_before(rows: list[Row], recorded: bool) -> None:  # noqa: FBT001 - drawn
    early = [row for row in rows if at(row[-1]).month == 1 and row[0] not in ("FEE", "REFUND")]
    later = [row for row in rows if at(row[-1]).month > 1]
    whole = computed(early + later, pool="implicit", recorded=recorded)
    alone = computed(early, pool="implicit", recorded=recorded)
    assert {key: amount for key, amount in whole.items() if key[0] == "2025-01"} == alone


def test_where_a_wallet_is_the_pool_nothing_is_outside_wallets() -> None:
    assert computed([("ESCROW_HOLD", "gig-1", "EGP", -100, True, 3)], pool="pool-wallet", recorded=True) == {}
