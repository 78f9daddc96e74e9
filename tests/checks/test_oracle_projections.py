"""The rules of projections and wallets beside the catalogue's own words in plain Python, over small drawn ledgers."""

from collections import Counter, defaultdict
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.checks.asking import CURRENCIES, INSTANTS, WALLETS, Row, asked, in_order, numbered, quick, rows_of, settled

NEAR = st.sampled_from((timedelta(), timedelta(seconds=1), timedelta(seconds=1, microseconds=1), timedelta(seconds=-1)))
MONEY = st.sampled_from((-100, -1, 0, 1, 1, 7, 100, 100, 107, 10_000))
ROWS = rows_of(
    {
        "wallet_id": st.sampled_from(WALLETS[1:]),
        "currency": st.sampled_from(CURRENCIES),
        "amount": MONEY,
        "created_at": st.sampled_from(INSTANTS),
        "status": st.sampled_from(("COMPLETED", "COMPLETED", None, "PENDING")),
    },
    most=8,
)
PROJECTIONS = rows_of(
    {
        "wallet_id": st.sampled_from(WALLETS[1:]),
        "currency": st.sampled_from(CURRENCIES),
        "recorded": MONEY,
        "updated_at": st.one_of(st.none(), st.builds(lambda at, by: at + by, st.sampled_from(INSTANTS), NEAR)),
    },
    most=6,
)
LEDGERS = st.fixed_dictionaries({"transactions": ROWS, "wallet_balances": PROJECTIONS})
OWNED = rows_of(
    {
        "user_id": st.sampled_from(("u1", "u2", "u9", None)),
        "currency": st.sampled_from(CURRENCIES),
        "balance": st.one_of(st.none(), MONEY),
    },
    most=5,
)
USERS = st.lists(
    st.sampled_from((("u1", None), ("u2", INSTANTS[0]), ("u2", None))), max_size=2, unique_by=lambda u: u[0]
)
Balance = tuple[str, str]


def ledgers(rows: list[Row]) -> tuple[dict[Balance, int], dict[Balance, int]]:
    """Return the ledger of each balance that has settled rows, and its sum of all rows."""
    held: dict[Balance, int] = defaultdict(int)
    every: dict[Balance, int] = defaultdict(int)
    for row in rows:
        every[row["wallet_id"], row["currency"]] += row["amount"]
        if settled(row):
            held[row["wallet_id"], row["currency"]] += row["amount"]
    return held, every


def single(projections: list[Row]) -> dict[Balance, int]:
    times = Counter((row["wallet_id"], row["currency"]) for row in projections)
    found = {(row["wallet_id"], row["currency"]): row["recorded"] for row in projections}
    return {balance: recorded for balance, recorded in found.items() if times[balance] == 1}


def written(ledger: dict[str, list[Row]]) -> dict[str, list[Row]]:
    return {
        "transactions": numbered(ledger["transactions"], "transaction_id", "t"),
        "wallet_balances": numbered(ledger["wallet_balances"], "projection_id", "p"),
    }


@quick(20)
@given(ledger=LEDGERS)
def test_drift_by_unsettled_rows_and_by_units(ledger: dict[str, list[Row]]) -> None:
    held, every = ledgers(ledger["transactions"])
    compared = {one: recorded for one, recorded in single(ledger["wallet_balances"]).items() if one in held}
    drifting = {one: recorded for one, recorded in compared.items() if recorded != held[one]}
    unsettled = [one for one, recorded in drifting.items() if recorded == every[one]]
    units = [
        one for one, has in drifting.items() if has and held[one] and (held[one] * 100 == has or held[one] == has * 100)
    ]
    tables = written(ledger)
    assert asked("statuses_move_money_rightly", tables, "wallet_id", "currency") == in_order(unsettled)
    assert asked("units_are_consistent", tables, "wallet_id", "currency") == in_order(units)


@quick(20)
@given(ledger=LEDGERS, seconds=st.sampled_from((0, 1, 1, 2)))
def test_when_projections_were_updated(ledger: dict[str, list[Row]], seconds: int) -> None:
    tables, stale, overwritten = written(ledger), [], []
    for projection in tables["wallet_balances"]:
        at = projection["updated_at"]
        own = [
            row
            for row in ledger["transactions"]
            if (row["wallet_id"], row["currency"]) == (projection["wallet_id"], projection["currency"])
        ]
        if at and any(settled(row) and row["created_at"] > at for row in own):
            stale.append((projection["projection_id"],))
        if at and own and at > max(row["created_at"] for row in own) + timedelta(seconds=seconds):
            overwritten.append((projection["projection_id"],))
    tables["settings"] = [{"freshness_seconds": seconds}]
    assert asked("projections_are_fresh", tables, "projection_id") == in_order(stale)
    assert asked("projections_change_only_with_ledgers", tables, "projection_id") == in_order(overwritten)


@quick(20)
@given(ledger=LEDGERS, wallets=OWNED, users=USERS)
def test_wallets_and_their_owners(
    ledger: dict[str, list[Row]], wallets: list[Row], users: list[tuple[str, object]]
) -> None:
    held, _ = ledgers(ledger["transactions"])
    owned = [{"wallet_id": name, **wallet} for name, wallet in zip(WALLETS, wallets, strict=False)]
    tables = written(ledger) | {"wallets": owned}
    tables["users"] = [{"user_id": user, "deleted_at": deleted} for user, deleted in users]
    names = {user for user, _ in users}
    times = Counter((wallet["user_id"], wallet["currency"]) for wallet in owned)
    twice = [(w["wallet_id"],) for w in owned if w["user_id"] and times[w["user_id"], w["currency"]] > 1]
    lost = [(w["wallet_id"],) for w in owned if w["user_id"] and w["user_id"] not in names]
    totals = [
        (wallet["wallet_id"], wallet["balance"] - held.get((wallet["wallet_id"], wallet["currency"]), 0))
        for wallet in owned
        if wallet["balance"] is not None
    ]
    left: dict[tuple[str, str], int] = defaultdict(int)
    for (wallet_id, currency), amount in held.items():
        owner = next((w["user_id"] for w in owned if w["wallet_id"] == wallet_id), None)
        if owner and dict(users).get(owner):
            left[owner, currency] += amount
    if owned:
        assert asked("wallets_are_unique", tables, "wallet_id") == in_order(twice)
        assert asked("wallet_owners_exist", tables, "wallet_id") == in_order(lost)
        drifting = in_order((wallet, drift) for wallet, drift in totals if drift)
        assert asked("wallet_totals_do_not_drift", tables, "wallet_id", "drift") == drifting
        kept = in_order((*one, amount) for one, amount in left.items() if amount)
        assert asked("deleted_users_hold_no_money", tables, "user_id", "currency", "ledger") == kept
        currency_of = {wallet["wallet_id"]: wallet["currency"] for wallet in owned}
        others = [
            (row["projection_id"],)
            for row in tables["wallet_balances"]
            if currency_of.get(row["wallet_id"], row["currency"]) != row["currency"]
        ]
        assert asked("projection_currencies_match", tables, "projection_id") == in_order(others)
