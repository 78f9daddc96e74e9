"""The rules of escrow beside the catalogue's own words in plain Python, over small drawn ledgers."""

from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.checks.asking import (
    AMOUNTS,
    INSTANTS,
    WALLETS,
    Row,
    asked,
    in_order,
    numbered,
    quick,
    rows_of,
    settled,
)
from tests.checks.judging import judged
from tests.checks.ledger_text import Case

CUT = INSTANTS[-1]
ESCROW, HELD = ("ESCROW_HOLD", "ESCROW_RELEASE"), ("FEE", "REFUND")
CHARGES = ("ESCROW_HOLD", "FEE", "WITHDRAWAL", "PAYOUT")
KINDS = (*ESCROW, *ESCROW, *HELD, "PAYOUT", "PAYOUT", "WITHDRAWAL", "ADJUSTMENT", "TRANSFER")
ROWS = rows_of(
    {
        "wallet_id": st.sampled_from(WALLETS),
        "kind": st.sampled_from(KINDS),
        "amount": AMOUNTS,
        "currency": st.sampled_from(("EGP", "EGP", "USD")),
        "related_id": st.sampled_from(("a", "a", "a", "b", "b", None, "")),
        "created_at": st.sampled_from(INSTANTS),
        "status": st.sampled_from(("COMPLETED", "COMPLETED", "COMPLETED", None, "PENDING")),
        "idempotency_key": st.sampled_from((None, "a", "k")),
    }
)
SETTINGS = st.fixed_dictionaries(
    {
        "escrow_pool": st.sampled_from(("implicit", "implicit", "w9", "w7")),
        "escrow_fee_recorded": st.booleans(),
        "stale_escrow_days": st.sampled_from((1, 90, 91)),
    }
)
Entity = tuple[str, str]


def is_out_of_escrow(row: Row, pool: str) -> bool:
    return row["kind"] in ESCROW or (row["kind"] == "PAYOUT" and (row["amount"] > 0 or row["wallet_id"] == pool))


def families(rows: list[Row], pool: str) -> dict[Entity, list[Row]]:
    """Return the rows of each entity and currency that move its escrow."""
    named = [row for row in rows if settled(row) and row["related_id"]]
    held = {row["related_id"] for row in named if row["kind"] in ESCROW and row["amount"] < 0}
    found: dict[Entity, list[Row]] = defaultdict(list)
    for row in named:
        if is_out_of_escrow(row, pool) or (row["kind"] in HELD and row["related_id"] in held):
            found[row["related_id"], row["currency"]].append(row)
    return found


def change(row: Row, pool: str) -> int:
    if pool == "implicit":
        return -int(row["amount"])
    return int(row["amount"]) if row["wallet_id"] == pool else 0


def open_after_instants(rows: list[Row], asking: Row) -> list[int]:
    """Return what is open after each instant; where fees are not recorded, a payout empties it after its own."""
    running, found, pool = 0, [], asking["escrow_pool"]
    for at in sorted({row["created_at"] for row in rows}):
        now = [row for row in rows if row["created_at"] == at]
        running += sum(change(row, pool) for row in now)
        found.append(running)
        if not asking["escrow_fee_recorded"] and any(row["kind"] == "PAYOUT" and row["amount"] > 0 for row in now):
            running = 0
    return [*found, running]


@quick(30)
@given(rows=ROWS, asking=SETTINGS)
def test_escrow_is_conserved(rows: list[Row], asking: Row) -> None:
    expected = []
    for entity, family in families(rows, asking["escrow_pool"]).items():
        lowest = min(open_after_instants(family, asking)[:-1])
        total = sum(row["amount"] for row in family)
        if lowest < 0 or (asking["escrow_pool"] != "implicit" and total):
            expected.append((*entity, lowest))
    tables = {"transactions": numbered(rows, "transaction_id", "t"), "settings": [asking]}
    assert asked("escrow_is_conserved", tables, "related_id", "currency", "lowest") == in_order(expected)


@quick(30)
@given(rows=ROWS, asking=SETTINGS)
def test_escrow_is_not_stale(rows: list[Row], asking: Row) -> None:
    since, expected = CUT - timedelta(days=asking["stale_escrow_days"]), []
    for entity, family in families(rows, asking["escrow_pool"]).items():
        payouts = [row["created_at"] for row in family if row["kind"] == "PAYOUT" and row["amount"] > 0]
        after = None if asking["escrow_fee_recorded"] or not payouts else max(payouts)
        holds = [
            row["created_at"]
            for row in family
            if row["kind"] in ESCROW and row["amount"] < 0 and (after is None or row["created_at"] > after)
        ]
        left = open_after_instants(family, asking)[-1]
        if left > 0 and holds and min(holds) < since:
            expected.append((*entity, left, min(holds)))
    tables = {
        "transactions": numbered(rows, "transaction_id", "t"),
        "settings": [asking],
        "source_cut": [{"cut_at": CUT, "proof": "proven"}],
    }
    assert asked("escrow_is_not_stale", tables, "related_id", "currency", "open", "held_at") == in_order(expected)


@quick(15)
@given(rows=ROWS)
def test_escrow_names_its_entity(rows: list[Row]) -> None:
    drawn = numbered(rows, "transaction_id", "t")
    expected = [(row["transaction_id"],) for row in drawn if is_out_of_escrow(row, "") and not row["related_id"]]
    assert asked("escrow_names_its_entity", {"transactions": drawn}, "transaction_id") == in_order(expected)


@quick(30)
@given(rows=ROWS, owners=st.tuples(*[st.sampled_from(("u1", "u2", None))] * 3))
def test_refunds_have_originals(rows: list[Row], owners: tuple[str | None, ...]) -> None:
    owned = dict(zip(WALLETS, owners, strict=False))
    given_back: dict[tuple[Any, ...], int] = defaultdict(int)
    charged: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in (row for row in rows if settled(row) and row["related_id"]):
        owner = owned.get(row["wallet_id"]) or row["wallet_id"]
        about = (row["related_id"], row["currency"], owner)
        own = row["related_id"] == row["idempotency_key"]
        if row["kind"] in ("REFUND", "ADJUSTMENT") and row["amount"] > 0 and not own:
            given_back[about] += row["amount"]
        if row["kind"] in CHARGES and row["amount"] < 0:
            charged[about] -= row["amount"]
    expected = [
        (about[0], about[1], amount, charged.get(about, 0))
        for about, amount in given_back.items()
        if amount > charged.get(about, 0)
    ]
    tables = {
        "transactions": numbered(rows, "transaction_id", "t"),
        "wallets": [{"wallet_id": wallet, "user_id": owner} for wallet, owner in owned.items()],
    }
    named = ("related_id", "currency", "refunded", "charged")
    assert asked("refunds_have_originals", tables, *named) == in_order(expected)


def test_a_refund_that_names_nothing_cannot_be_examined(tmp_path: Path) -> None:
    rows = [{"transaction_id": "t", "kind": "REFUND"}]
    found = judged(tmp_path, Case("refunds_have_originals", "nameless", keeps=True, tables={"transactions": rows}))
    assert (found.result, found.problem) == ("not verified", "1 row says too little to be examined.")
