"""Faults of the export itself: what came is not whole, not one instant, not readable or not exact.

Each is really presented to the reader, and what the source says of itself with it.
"""

from collections.abc import Sequence
from functools import partial

from pipelines.selftest.documents import Token
from pipelines.selftest.fault import Fault, NotHereError, Subject
from pipelines.selftest.ground import DAY, SECOND
from pipelines.selftest.hand import Hand

EXACT_FLOAT = 2**53
EXACT_INTEGER = 2**63
MANY = 1_025
"""So many of the largest amounts that a float holds leave 64 bits."""


def miscounted(hand: Hand, table: str, rows: int) -> Sequence[Subject]:
    """Let the source count more, or fewer, rows than it hands over."""
    hand.need(table)
    hand.telling.counts[table] = rows
    return [(table,)]


def missummed(hand: Hand, units: int) -> Sequence[Subject]:
    """Let the source sum up otherwise than what it hands over."""
    hand.telling.sums["transactions"] = units
    return [("transactions",)]


def emptied(hand: Hand, table: str) -> Sequence[Subject]:
    """Hand over no row of a table."""
    hand.rows[table].clear()
    return [(table,)]


def unproven(hand: Hand) -> Sequence[Subject]:
    """Say nothing of the instant shown."""
    hand.telling.proof = "absent"
    return [()]


def after_the_cut(hand: Hand) -> Sequence[Subject]:
    """Declare an instant, and hand over a row that was created after it."""
    hand.need("transactions.source_created_at")
    hand.telling.proof = "declared"
    row = hand.deposit(hand.real())
    row["source_created_at"] = hand.cut + DAY
    return []


def torn(hand: Hand, table: str) -> Sequence[Subject]:
    """End a table in the middle of a row."""
    hand.need(table)
    hand.telling.torn |= {table}
    return []


def columnless(hand: Hand, table: str, column: str) -> Sequence[Subject]:
    """Hand over a table without a column that is needed."""
    for row in hand.rows[table]:
        row[column] = None
    return []


def twice(hand: Hand, how: str) -> Sequence[Subject]:
    """Hand over a transaction twice: the same, of another wallet, or in another month."""
    account = hand.real()
    row = hand.deposit(account)
    other = {
        "alike": {},
        "other wallet": {"wallet_id": hand.real(account.currency).wallet_id, "amount": row["amount"] * 2},
        "other month": {"created_at": row["created_at"] - 40 * DAY},
    }[how]
    hand.add_transaction({**row, **other})
    return [(str(row["transaction_id"]),)]


def unlisted_status(hand: Hand, spelled: str) -> Sequence[Subject]:
    """Write a status that the configuration does not list."""
    hand.need("transactions.status")
    status = hand.settled_status() or "COMPLETED"
    row = hand.deposit(hand.real(), status={"lower": status.lower(), "new": "SETTLED ELSEWHERE"}[spelled])
    if row["status"] in (*hand.mapping.statuses.settled, *hand.mapping.statuses.unsettled):
        message = f"the configuration lists the status {row['status']!r}"
        raise NotHereError(message)
    return [("transactions", "status", "")]


def unreadable(hand: Hand, table: str, column: str, text: str) -> Sequence[Subject]:
    """Write a value in a way that the mapping does not expect, or none where one is needed."""
    hand.need(table)
    account = hand.newcomer()
    row = {"transactions": hand.of("transactions", account.wallet_id)[0], "wallets": account.wallet}[table]
    row[column] = Token(text) if text else None
    spelled = hand.mapping.present()[table].present()[column].type
    if text and spelled == "string":
        message = f"{table}.{column} is a text, which can say anything"
        raise NotHereError(message)
    identifier = {"transactions": "transaction_id", "wallets": "wallet_id"}[table]
    return [(table, column, "" if text else str(row[identifier]))]


def id_twice(hand: Hand, table: str) -> Sequence[Subject]:
    """Hand over a wallet or a projection twice."""
    hand.need(table)
    account = hand.newcomer()
    row = account.wallet if table == "wallets" else account.projection or {}
    identifier = {"wallets": "wallet_id", "wallet_balances": "projection_id"}[table]
    hand.add(table, dict(row))
    return [(table, identifier, str(row[identifier]))]


def inexact(hand: Hand, way: str) -> Sequence[Subject]:
    """Write an amount that cannot be held exactly."""
    column = hand.mapping.present()["transactions"].present()["amount"]
    texts = {
        "float64": {
            "half": "100.5",
            "tenth": "4503599627370495.5",
            "edge": f"{EXACT_FLOAT}.0",
            "below": f"-{EXACT_FLOAT}.0",
            "nan": '{"$float":"AAAAAAAA+H8="}',
        },
        "int64": {"edge": str(EXACT_INTEGER), "below": str(-EXACT_INTEGER - 1)},
        "decimal": {
            "half": '"100.005"',
            "edge": f'"{EXACT_INTEGER}"',
            "below": f'"-{EXACT_INTEGER + 1}"',
            "nan": '"NaN"',
        },
    }[column.type]
    if way not in texts:
        message = f"an amount spelled as {column.type} cannot be so"
        raise NotHereError(message)
    row = hand.deposit(hand.real(), applied=False)
    row["amount"] = Token(texts[way])
    return [(str(row["transaction_id"]),)]


def overflowing(hand: Hand, way: int, *, settled: bool = True) -> Sequence[Subject]:
    """Write amounts that together leave 64 bits."""
    column = hand.mapping.present()["transactions"].present()["amount"]
    account = hand.newcomer()
    unit = hand.unit(account.currency)
    most, times = (EXACT_FLOAT - 1, MANY) if column.type == "float64" else (EXACT_INTEGER - 1, 3)
    status = {} if settled else {"status": hand.unsettled_status()}
    for place in range(times):
        at = hand.cut - 40 * DAY + place * SECOND
        hand.post(account, "DEPOSIT", way * (most // unit) * unit, at, applied=False, **status)
    return [account.balance]


def disagreeing(hand: Hand, how: str) -> Sequence[Subject]:
    """Let the second engine compute another balance, none, or one too many."""
    if not hand.second:
        message = "the copy has no balance"
        raise NotHereError(message)
    row = hand.second[hand.turn % len(hand.second)]
    if how == "none":
        hand.second.remove(row)
    elif how == "more":
        hand.second.append({**row, "currency": "XTS"})
    else:
        row["ledger"] += 1
    hand.footprint.ids.add(row["wallet_id"])
    return [(row["wallet_id"], "XTS" if how == "more" else row["currency"])]


GATES = (
    Fault(
        "exports_are_complete",
        "the last transaction is missing",
        partial(miscounted, table="transactions", rows=1),
        "counts",
    ),
    Fault("exports_are_complete", "a wallet came twice", partial(miscounted, table="wallets", rows=-1), "counts"),
    Fault(
        "exports_are_complete", "half the projections", partial(miscounted, table="wallet_balances", rows=100), "counts"
    ),
    Fault("exports_are_complete", "one user is missing", partial(miscounted, table="users", rows=1), "counts"),
    Fault("exports_are_complete", "one minor unit was lost on the way", partial(missummed, units=1), "totals"),
    Fault("exports_are_complete", "no transactions", partial(emptied, table="transactions"), "empty"),
    Fault("exports_are_complete", "no wallets", partial(emptied, table="wallets"), "empty"),
    Fault("exports_are_one_cut", "nothing tells the cut", unproven, "counts"),
    Fault("exports_are_one_cut", "a row from after the declared cut", after_the_cut, "late", refused=True),
    Fault(
        "exports_are_one_cut",
        "transactions torn in the last row",
        partial(torn, table="transactions"),
        "torn",
        refused=True,
    ),
    Fault(
        "exports_are_one_cut",
        "wallets torn in the last row",
        partial(torn, table="wallets"),
        "torn wallets",
        refused=True,
    ),
    Fault("transaction_ids_are_unique", "a row exported twice", partial(twice, how="alike"), "gates"),
    Fault("transaction_ids_are_unique", "an id in two wallets", partial(twice, how="other wallet"), "gates"),
    Fault("transaction_ids_are_unique", "an id in two months", partial(twice, how="other month"), "gates"),
    Fault("schemas_match", "a status in small letters", partial(unlisted_status, spelled="lower"), "gates"),
    Fault("schemas_match", "a status nobody knows", partial(unlisted_status, spelled="new"), "totals"),
    Fault(
        "schemas_match",
        "a row without a date",
        partial(unreadable, table="transactions", column="created_at", text=""),
        "gates",
    ),
    Fault(
        "schemas_match",
        "an amount that is a word",
        partial(unreadable, table="transactions", column="amount", text='"hundred"'),
        "gates",
    ),
    Fault(
        "schemas_match",
        "a wallet without a currency",
        partial(unreadable, table="wallets", column="currency", text=""),
        "gates",
    ),
    Fault(
        "schemas_match",
        "no date in any row",
        partial(columnless, table="transactions", column="created_at"),
        "columnless",
        refused=True,
    ),
    Fault("schemas_match", "a wallet's id twice", partial(id_twice, table="wallets"), "gates"),
    Fault("schemas_match", "a projection's id twice", partial(id_twice, table="wallet_balances"), "gates"),
    Fault("amounts_are_exact_integers", "half a minor unit", partial(inexact, way="half"), "gates"),
    Fault("amounts_are_exact_integers", "half a unit of a large amount", partial(inexact, way="tenth"), "gates"),
    Fault("amounts_are_exact_integers", "an amount one too large", partial(inexact, way="edge"), "gates"),
    Fault("amounts_are_exact_integers", "a debit one too large", partial(inexact, way="below"), "gates"),
    Fault("amounts_are_exact_integers", "an amount that is no number", partial(inexact, way="nan"), "gates"),
    Fault("sums_do_not_overflow", "a wallet beyond 64 bits", partial(overflowing, way=1), "sums"),
    Fault("sums_do_not_overflow", "a wallet below 64 bits", partial(overflowing, way=-1), "sums"),
    Fault("sums_do_not_overflow", "unsettled rows beyond them", partial(overflowing, way=1, settled=False), "sums"),
    Fault("engines_agree", "one minor unit apart", partial(disagreeing, how="apart"), "engines"),
    Fault("engines_agree", "a balance one engine lacks", partial(disagreeing, how="none"), "engines"),
    Fault("engines_agree", "a balance one engine invents", partial(disagreeing, how="more"), "engines"),
)
