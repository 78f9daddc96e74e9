"""The rules of balances and closed months beside the catalogue's own words in plain Python, over drawn ledgers."""

from collections import defaultdict
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.checks.asking import CURRENCIES, INSTANTS, WALLETS, Row, asked, in_order, numbered, quick, rows_of, settled

ESCROW = ("ESCROW_HOLD", "ESCROW_RELEASE")
MONEY = st.sampled_from((-100, -60, -40, -1, 1, 1, 40, 60, 100, 2**63 - 1))
ROWS = rows_of(
    {
        "wallet_id": st.sampled_from(WALLETS[:2]),
        "currency": st.sampled_from(("EGP", "EGP", "EGP", "USD")),
        "kind": st.sampled_from(("DEPOSIT", "TRANSFER", *ESCROW, "PAYOUT", "FEE", "REFUND", "GIFT")),
        "amount": MONEY,
        "created_at": st.sampled_from(INSTANTS),
        "status": st.sampled_from(("COMPLETED", "COMPLETED", None, "PENDING")),
        "related_id": st.sampled_from(("a", "b", None)),
    },
    most=10,
)
OPENINGS = st.tuples(st.sampled_from((0, 50, 100)), st.sampled_from((0, 100)))
Balance = tuple[str, str]


def opened(openings: tuple[int, ...]) -> list[Row]:
    return [{"wallet_id": name, "opening": amount} for name, amount in zip(WALLETS, openings, strict=False)]


def month(row: Row) -> str:
    return f"{row['created_at']:%Y-%m}"


def lowest_in_any_order(before: int, amounts: list[int]) -> int:
    orders = permutations(amounts) if len(amounts) < 6 else [sorted(amounts)]
    return min(before + sum(order[: place + 1]) for order in orders for place in range(len(amounts)))


@quick(25)
@given(rows=ROWS, openings=OPENINGS)
def test_balances_hold_in_any_order(rows: list[Row], openings: tuple[int, ...]) -> None:
    expected = []
    balances = {(row["wallet_id"], row["currency"]) for row in rows}
    for wallet, currency in balances:
        own = [row for row in rows if settled(row) and (row["wallet_id"], row["currency"]) == (wallet, currency)]
        running = dict(zip(WALLETS, openings, strict=False))[wallet] if currency == "EGP" else 0
        for at in sorted({row["created_at"] for row in own}):
            amounts = [row["amount"] for row in own if row["created_at"] == at]
            lowest, running = lowest_in_any_order(running, amounts), running + sum(amounts)
            if lowest < 0 <= running:
                expected.append((wallet, currency, at, lowest))
    tables = {"transactions": numbered(rows, "transaction_id", "t"), "wallets": opened(openings)}
    named = ("wallet_id", "currency", "created_at", "lowest")
    assert asked("balances_hold_in_any_order", tables, *named) == in_order(expected)


def closings(rows: list[Row], openings: tuple[int, ...]) -> dict[str, dict[Balance, tuple[int, int, int]]]:
    """Return opening, closing and settled rows of each balance at the end of each month that has rows."""
    running = {(name, "EGP"): amount for name, amount in zip(WALLETS, openings, strict=False) if amount}
    found = {}
    for name in sorted({month(row) for row in rows}):
        own = [row for row in rows if month(row) == name]
        every = running.keys() | {(row["wallet_id"], row["currency"]) for row in own}
        now = {}
        for one in every:
            moved = [row["amount"] for row in own if settled(row) and (row["wallet_id"], row["currency"]) == one]
            now[one] = (running.get(one, 0), running.get(one, 0) + sum(moved), len(moved))
        running = {one: figures[1] for one, figures in now.items()}
        found[name] = now
    return found


def as_closed(before: dict[str, dict[Balance, tuple[int, int, int]]], months: list[str]) -> list[Row]:
    return [
        {
            "month": name,
            "wallet_id": one[0],
            "currency": one[1],
            "opening": figures[0],
            "closing": figures[1],
            "transactions": figures[2],
        }
        for name in months
        for one, figures in before.get(name, {}).items()
    ]


@quick(25)
@given(rows=ROWS, hidden=st.sets(st.integers(0, 9), max_size=2), openings=OPENINGS)
def test_months_stay_closed_and_chain(rows: list[Row], hidden: set[int], openings: tuple[int, ...]) -> None:
    """Rows that were hidden when the months were closed stand there now."""
    before = closings([row for place, row in enumerate(rows) if place not in hidden], openings)
    now = closings(rows, openings)
    names = sorted(now)
    following = dict(pairwise(names))
    closed = [name for name in names if name in before]
    other = [name for name in closed if before[name] != now[name]]
    tables = {
        "transactions": numbered(rows, "transaction_id", "t"),
        "wallets": opened(openings),
        "closings_as_closed": as_closed(before, other),
        "closed_months": [
            {
                "month": name,
                "next_month": following.get(name),
                "closed_by": "1",
                "same": name not in other,
                "balances": 1,
            }
            for name in closed
        ],
    }
    nothing = (0, 0, 0)
    restated = [
        (name, *one)
        for name in other
        for one in before[name].keys() | now[name].keys()
        if before[name].get(one, nothing) != now[name].get(one, nothing)
    ]
    torn = [
        (following[name], *one)
        for name in closed
        if name in following
        for one in before[name].keys() | now[following[name]].keys()
        if before[name].get(one, nothing)[1] != now[following[name]].get(one, nothing)[0]
    ]
    assert asked("months_stay_closed", tables, "month", "wallet_id", "currency") == in_order(restated)
    assert asked("openings_equal_closings", tables, "month", "wallet_id", "currency") == in_order(torn)
    broken = unconserved(rows, openings, before, closed)
    named = ("currency", "transfers", "external", "escrow", "closings")
    assert asked("money_is_conserved", tables, *named) == in_order(broken)


def unconserved(
    rows: list[Row],
    openings: tuple[int, ...],
    before: dict[str, dict[Balance, tuple[int, int, int]]],
    closed: list[str],
) -> list[tuple[object, ...]]:
    """Return the figures of each currency whose transfers do not sum to zero, or whose money came from nowhere."""
    moved = [row for row in rows if settled(row)]
    held = {row["related_id"] for row in moved if row["kind"] in ESCROW and row["amount"] < 0} - {None}
    flows: dict[str, dict[str, int]] = {currency: defaultdict(int) for currency in CURRENCIES}
    for row in moved:
        in_escrow = (
            row["kind"] in ESCROW
            or (row["kind"] == "PAYOUT" and row["amount"] > 0)
            or (row["kind"] in ("FEE", "REFUND") and row["related_id"] in held)
        )
        flow = "transfer" if row["kind"] == "TRANSFER" else "escrow" if in_escrow else "external"
        flows[row["currency"]][flow] += row["amount"]
    found = []
    for currency, of in flows.items():
        opening = sum(openings) if currency == "EGP" and rows else 0
        stored = {one: figures[1] for one, figures in before[closed[-1]].items()} if closed else {}
        after = [
            row["amount"] for row in moved if row["currency"] == currency and (not closed or month(row) > closed[-1])
        ]
        start = sum(amount for one, amount in stored.items() if one[1] == currency) if closed else opening
        holds = start + sum(after)
        if of["transfer"] or holds - of["escrow"] != opening + of["external"]:
            found.append((currency, of["transfer"], of["external"], -of["escrow"], holds))
    return found
