"""The flags of adjustments against plain Python that reads the whole ledger for each of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.flags import FLAGS
from assets.forensics import SQL, configured, flags_of
from assets.mapping_file import load_mapping
from assets.schemas import TABLES
from tests.assets.ledgers import quick
from tests.checks.ledger_text import key_of
from tests.kept_engine import kept_engine

CAIRO = ZoneInfo("Africa/Cairo")
MAPPING = load_mapping(None).model_copy(update={"zone": "Africa/Cairo"})
WEIGHTS = MAPPING.forensics.weights.model_dump()
OWNER = {"w1": "u1", "w2": "u2", "w3": None}
USERS = {"u1": False, "admin": True, "system": None}
"""Creators: whether they are admins; none where they are no user."""
BEGIN = datetime(2025, 3, 28, 6, tzinfo=ZoneInfo("UTC"))
Row = dict[str, Any]


@st.composite
def ledgers(draw: st.DrawFn) -> list[Row]:
    """Draw rows that lie near the borders of the flags."""
    moments = st.one_of(
        st.integers(0, 40).map(lambda hours: timedelta(hours=hours)),
        st.integers(0, 5).map(lambda times: timedelta(days=30 * times)),
        st.integers(0, 3 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    )
    amounts = st.sampled_from([0, 5, -5, 100_000, -100_000, 150_000, 12_345, -12_345, 7_345, 999, 2**63 - 1, -(2**63)])
    one = st.tuples(
        st.sampled_from(["ADJUSTMENT"] * 4 + ["DEPOSIT"]),
        st.sampled_from(["w1", "w2", "w3"]),
        st.sampled_from(["EGP", "EGP", "XAU"]),
        amounts,
        moments,
        st.sampled_from(["u1", "admin", "admin", "system", None]),
        st.sampled_from([None, 0, 9, 10]),
    )
    return [
        {
            "transaction_id": f"t{place:03}",
            "transaction_hash": place,
            "kind": kind,
            "wallet_id": wallet,
            "wallet_key": key_of(wallet),
            "currency": currency,
            "amount": amount,
            "created_at": BEGIN + moment,
            "created_by": creator,
            "creator_key": creator and key_of(creator),
            "reason_characters": characters,
            "settled": True,
            "month": "2025-03",
        }
        for place, (kind, wallet, currency, amount, moment, creator, characters) in enumerate(
            draw(st.lists(one, max_size=25))
        )
    ]


def flags_by_hand(row: Row, rows: list[Row]) -> Iterator[tuple[str, bool]]:
    """Yield each flag and whether it is set."""
    made = [each for each in rows if each["kind"] == "ADJUSTMENT"]
    creator, at, size = row["created_by"], row["created_at"], abs(row["amount"])
    own = [each for each in made if creator and each["created_by"] == creator]
    beside = [each for each in own if each["wallet_id"] == row["wallet_id"]]
    local = at.astimezone(CAIRO)
    unit = {"EGP": 10**5}.get(row["currency"])
    yield "no_reason", not row["reason_characters"]
    yield "short_reason", 0 < (row["reason_characters"] or 0) < 10
    yield "round_amount", bool(unit and size and size % unit == 0)
    sizes = [abs(each["amount"]) for each in own if each["currency"] == row["currency"]]
    alike = [other for other in sizes if other >= 1000 and other % 1000 == size % 1000]
    yield "consistent_ending", size >= 1000 and size % 1000 != 0 and len(alike) >= 3
    yield "off_hours", not 8 <= local.hour < 18
    yield "weekend", local.strftime("%A") in ("Friday", "Saturday")
    days = [(local + timedelta(days=shift)).month for shift in (-2, 2)]
    yield "month_edge", any(month != local.month for month in days)
    yield "rare_preparer", bool(creator) and len(own) / len(made) < 0.02
    in_wallet = [each["created_at"] for each in rows if each is not row and each["wallet_id"] == row["wallet_id"]]
    yield "dormant_wallet", not any(at - timedelta(days=90) <= other <= at for other in in_wallet)
    yield "own_wallet", creator in USERS and USERS[creator] is not None and OWNER[row["wallet_id"]] == creator
    yield (
        "reversal_of_own",
        row["amount"] != 0
        and any(
            each["currency"] == row["currency"]
            and each["amount"] == -row["amount"]
            and (each["created_at"], each["transaction_hash"]) < (at, row["transaction_hash"])
            and at - each["created_at"] <= timedelta(days=30)
            for each in beside
        ),
    )
    ordered = sorted(beside, key=lambda each: (each["created_at"], each["transaction_hash"]))
    yield (
        "split_amount",
        any(
            row in window and window[-1]["created_at"] - window[0]["created_at"] <= timedelta(hours=24)
            for window in (ordered[first : first + 3] for first in range(len(ordered) - 2))
        ),
    )
    yield "not_an_admin", not (creator and USERS[creator])


def flagged(rows: list[Row]) -> pa.Table:
    creators = [
        {
            "creator_key": key_of(name),
            "created_by": name,
            "user_id": None if admin is None else name,
            "is_admin": bool(admin),
        }
        for name, admin in USERS.items()
    ]
    wallets = [{"wallet_id": w, "wallet_key": key_of(w), "user_id": owner} for w, owner in OWNER.items()]
    views = {
        "transactions": pa.Table.from_pylist(rows, schema=TABLES["transactions"]),
        "wallets": pa.Table.from_pylist(wallets, schema=TABLES["wallets"]),
        "creators": pa.Table.from_pylist(creators, schema=TABLES["creators"]),
        **configured(MAPPING),
    }
    with kept_engine(views) as query:
        return query(SQL).cast(TABLES["adjustment_flags"])


@quick(80)
@given(ledgers())
def test_flags_and_scores(rows: list[Row]) -> None:
    expected = {}
    for row in rows:
        if row["kind"] == "ADJUSTMENT":
            flags = {name: int(is_set) for name, is_set in flags_by_hand(row, rows)}
            expected[row["transaction_id"]] = flags | {"score": sum(WEIGHTS[name] * flags[name] for name in flags)}
    found = flagged(rows).to_pylist()
    assert {row["transaction_id"]: {name: row[name] for name in (*FLAGS, "score")} for row in found} == expected
    order = [(-row["score"], -abs(row["amount"]), row["transaction_id"]) for row in found]
    assert order == sorted(order)


def test_a_preparer_of_under_two_in_a_hundred_is_rare() -> None:
    def rare(others: int) -> list[int]:
        rows = [
            {
                "transaction_id": f"t{place:03}",
                "transaction_hash": place,
                "kind": "ADJUSTMENT",
                "wallet_id": "w1",
                "wallet_key": key_of("w1"),
                "currency": "EGP",
                "amount": 7,
                "created_at": BEGIN,
                "created_by": "u1" if place == 0 else "admin",
                "creator_key": key_of("u1" if place == 0 else "admin"),
            }
            for place in range(others + 1)
        ]
        return [row["rare_preparer"] for row in flagged(rows).to_pylist() if row["created_by"] == "u1"]

    assert (rare(49), rare(50)) == ([0], [1])


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"users": False}, {"own_wallet": "users.user_id", "not_an_admin": "users.is_admin"}),
        ({}, {}),
    ],
)
def test_a_flag_without_its_input_says_nothing(change: dict[str, Any], missing: dict[str, str]) -> None:
    mapping = MAPPING.model_copy(update={"tables": {**MAPPING.tables, **change}})
    assert {flag.name: flag.missing for flag in flags_of(mapping) if flag.missing} == missing
    assert all(configured(mapping)["weights"][name][0].as_py() == 0 for name in missing)
