"""Exposure against plain Python, balance by balance: each is over- or under-credited, and as far as it was spent."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.exposure import compute_exposure
from assets.schemas import TABLES
from tests.assets.ledgers import quick

AMOUNTS = st.one_of(st.integers(-4, 4), st.sampled_from([-(2**63), 2**63 - 1, -(2**64), 2**64]))
BALANCES = st.lists(
    st.tuples(
        st.sampled_from(["EGP", "USD"]),
        st.sampled_from(["u1", "u2", None]),
        st.none() | AMOUNTS,
        st.none() | AMOUNTS,
    ),
    max_size=20,
)
"""Currency, user, ledger and recorded; one of these two may be missing."""


def frame(balances: list[tuple[str, str | None, int | None, int | None]]) -> pa.Table:
    rows = [
        {
            "wallet_id": f"w{place}",
            "currency": currency,
            "user_id": user,
            "ledger": None if ledger is None else Decimal(ledger),
            "recorded": None if recorded is None else Decimal(recorded),
            "drift": None if ledger is None or recorded is None else Decimal(recorded - ledger),
        }
        for place, (currency, user, ledger, recorded) in enumerate(balances)
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["drift"])


@quick(60)
@given(BALANCES)
def test_exposure(balances: list[tuple[str, str | None, int | None, int | None]]) -> None:
    found: dict[tuple[str, str], list[tuple[int, str | None]]] = {}

    def add(currency: str, exposure: str, amount: int, user: str | None) -> None:
        if amount:
            found.setdefault((currency, exposure), []).append((amount, user))

    for currency, user, ledger, recorded in balances:
        if recorded is None:
            continue
        drift, held = recorded - (ledger or 0), ledger or 0
        if drift > 0:
            spent = min(drift, max(0, -held))
            add(currency, "over-credited, withdrawn", spent, user)
            add(currency, "over-credited, still there", drift - spent, user)
        elif drift < 0:
            add(currency, "under-credited", -drift, user)
    expected: list[dict[str, Any]] = [
        {
            "currency": currency,
            "exposure": exposure,
            "amount": sum(amount for amount, _ in each),
            "balances": len(each),
            "users": len({user for _, user in each if user}),
        }
        for (currency, exposure), each in sorted(found.items())
    ]
    told = compute_exposure(frame(balances)).to_pylist()
    assert sorted(told, key=lambda row: (row["currency"], row["exposure"])) == expected


@pytest.mark.parametrize(
    ("ledger", "recorded", "exposed"),
    [
        (100, 130, {"over-credited, still there": 30}),
        (-30, 0, {"over-credited, withdrawn": 30}),
        (-30, 20, {"over-credited, withdrawn": 30, "over-credited, still there": 20}),
        (-50, -30, {"over-credited, withdrawn": 20}),
        (100, 70, {"under-credited": 30}),
        (-100, -130, {"under-credited": 30}),
        (None, 40, {"over-credited, still there": 40}),
        (None, -40, {"under-credited": 40}),
        (None, 0, {}),
        (100, None, {}),
        (-100, -100, {}),
    ],
)
def test_a_balance_by_itself(ledger: int | None, recorded: int | None, exposed: dict[str, int]) -> None:
    told = compute_exposure(frame([("EGP", "u1", ledger, recorded)])).to_pylist()
    assert {row["exposure"]: row["amount"] for row in told} == exposed
