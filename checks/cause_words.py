"""Causes and first divergences in sentences, and which of Gigsy's writers is known to do exactly that.

What goes in: one row of the table of causes. What stays out: finding causes (causes) and layout.
"""

from collections.abc import Mapping
from typing import Any

from checks.sentences import Teller

Row = Mapping[str, Any]

THINGS = {"projection": "recorded balance", "wallet total": "wallet's own balance", "cache": "user's cache"}
HOPS = {
    "ledger": "into the ledger",
    "projection": "from ledger to projection",
    "wallet total": "from ledger to wallet total",
    "cache": "from projection to cache",
}
"""Where money was lost on its way: each layer is filled from the one before."""

ONE_ROW = {
    "missed_apply": "Transaction {transaction_id} of {transaction_amount:money} was never applied.",
    "opening_missing": "Transaction {transaction_id} of {transaction_amount:money}, the opening, was never applied.",
    "double_apply": "Transaction {transaction_id} of {transaction_amount:money} was applied twice.",
    "sign_lost": "Transaction {transaction_id} of {transaction_amount:money} was applied with the opposite sign.",
    "unsettled_counted": (
        "Transaction {transaction_id} of {transaction_amount:money} did not settle, and was counted as money."
    ),
    "units_mixed": "Transaction {transaction_id} of {transaction_amount:money} was applied in the wrong unit.",
    "other_currency": "Transaction {transaction_id} is in {transaction_currency}, and was counted as {currency}.",
    "applied_otherwise": (
        "Transaction {transaction_id} of {transaction_amount:money} was applied with another amount: "
        "{parted_by_amount:size} too {parted_by_amount:way}."
    ),
}
MANY_ROWS = {
    "missed_apply": "{rows:rows}{rows_of:which} were never applied.",
    "double_apply": "{rows:rows}{rows_of:which} were applied twice.",
    "sign_lost": "{rows:rows}{rows_of:which} were applied with the opposite sign.",
    "unsettled_counted": "{rows:rows} that did not settle were counted as money.",
    "applied_otherwise": "{rows:rows} were applied with another amount than they have.",
    "overwritten": "It was changed {rows:count} times without a transaction.",
    "opening_missing": "The wallet's opening balance was never applied.",
    "units_mixed": "Major and minor units were mixed up.",
    "never_created": "It was never created.",
    "written_twice": "It is there {rows:count} times.",
    "without_ledger": "No transaction supports it.",
    "stale": "It was no longer updated after {since:instant}: {rows:count} later transactions are missing.",
    "unexplained": "No known cause fits.",
    "not_looked_for": "The cause was not looked for: too many larger drifts go before; explain this wallet by itself.",
}
NEVER_UPDATED = "It was never updated: all of its {rows:rows} are missing."
TOUCHED = "It was last changed at {since:instant}, after the last transaction: something else wrote it."
LEDGER_SIGN = "Transaction {transaction_id} of {transaction_amount:money} stands in the ledger with the wrong sign."
EVIDENCE = {
    "commits": "The commits show it.",
    "running balances": "The source's own balance after each row shows it.",
    "figures": "The figures show it exactly.",
    "window": "It is the only row that fits between the two that agreed and parted.",
    "arithmetic": "The amount fits to the minor unit; nothing else proves it.",
    "none": "",
}
SEVERAL = "It is one of {candidates:count} that fit by amount; which one it was cannot be told."
ALSO = " Also possible: {fitting:words}."

EXACTLY = (
    "Exactly: transaction {parted_transaction_id} of {parted_amount:money} at {parted_created_at:instant}; from there "
    "on they part, at first by {parted_by_amount:size}."
)
WITHOUT_ROW = "Exactly: a commit at {window_from:instant} changed it by {parted_by_amount:money} without a transaction."
WINDOWS = {
    "commits": "One commit at {window_from:instant} wrote {window_rows:rows}.",
    "running balances": "{window_rows:rows} up to {window_from:instant}, by the source's own balances.",
    "exports": "{window_rows:rows} written {between}, by the exports of these cuts.",
    "updated_at": ("{window_rows:rows} after it was last updated, at {window_from:instant}: exactly what is missing."),
    "none": "The whole history, {window_rows:rows}: neither commits, running balances nor exports tell.",
    "not looked for": "Not looked for.",
}

CREATE = "Gigsy's wallet:createTransaction leaves these marks: it loses the sign, and does not touch walletBalances."
FINANCE = (
    "Gigsy's finance:createTransaction and transferBetweenWallets leave these marks: they never change wallets.balance."
)
INIT = "Gigsy's internal/walletInit:initializeUserWallets leaves these marks: it writes a deposit, not walletBalances."
ADMIN = "Gigsy's internal/walletMutations:createTransaction leaves these marks: it applies transactions of any status."
RECONCILE = (
    "Gigsy's updateWalletBalance and reconcile leave these marks: they overwrite walletBalances without a transaction."
)
BROWSER = "Gigsy's walletApi:initializeUserWallets leaves these marks: it sets wallets.balance without a transaction."
SIGN_UP = "Gigsy's users:initializeUser leaves these marks: it fills users.balances once, and never again."


def cause_sentence(teller: Teller, row: Row) -> str:
    """Tell the cause of one drift."""
    return teller.tell(_cause(row), row)


def evidence_sentence(teller: Teller, row: Row) -> str:
    """Tell how the cause is known, and what else would fit."""
    told = SEVERAL if row["candidates"] > 1 else EVIDENCE[row["evidence"]]
    return teller.tell(told + (ALSO if row["fitting"] else ""), row).strip()


def divergence_sentence(teller: Teller, row: Row) -> str:
    """Tell the first divergence: exactly, or as the smallest window."""
    if row["exact"] and row["parted_transaction_id"] is None:
        return teller.tell(WITHOUT_ROW, row)
    if row["exact"]:
        return teller.tell(EXACTLY, row)
    if row["parted_by"] in ("none", "not looked for"):
        return teller.tell(WINDOWS[row["parted_by"]], {**row, "window_rows": row["window_rows"] or 0})
    between = " ".join(
        teller.tell(f"{word} {{at:instant}}", {"at": row[at]})
        for word, at in (("after", "window_from"), ("up to", "window_to"))
        if row[at]
    )
    return "As the smallest window: " + teller.tell(WINDOWS[row["parted_by"]], {**row, "between": between})


def writer_sentence(causes: Mapping[str, Row], about: Row, sides: Row) -> str | None:
    """Tell which of Gigsy's writers leaves these marks on the layers of one balance, if one is known to."""
    found = {stored: row["cause"] for stored, row in causes.items()}
    projection, total, cache = (found.get(stored) for stored in ("projection", "wallet total", "cache"))
    if projection == "missed_apply" and total in (None, "sign_lost") and _by_owner(causes["projection"], about):
        return CREATE
    if projection == "never_created" and total is None and sides["wallet_total"] and sides["transactions"] == 1:
        return INIT
    if projection:
        known = {"opening_missing": INIT, "unsettled_counted": ADMIN, "overwritten": RECONCILE}
        return known.get(projection)
    if total:
        known = {"without_ledger": BROWSER, "missed_apply": FINANCE, "stale": FINANCE}
        return known.get(total)
    return SIGN_UP if cache == "stale" else None


def _by_owner(row: Row, about: Row) -> bool:
    """Tell whether the owner of the wallet wrote the row, as Gigsy's own writer for users says."""
    return row["transaction_by"] is not None and row["transaction_by"] in (about["user_id"], about["login_id"])


def _cause(row: Row) -> str:
    if row["layer"] == "ledger" and row["transaction_id"] and not row["rows_of"]:
        return LEDGER_SIGN
    if row["cause"] == "stale" and row["since"] is None:
        return NEVER_UPDATED
    if row["cause"] == "overwritten" and row["evidence"] != "commits":
        return TOUCHED
    one = row["transaction_id"] is not None and row["rows"] <= 1
    return ONE_ROW[row["cause"]] if one and row["cause"] in ONE_ROW else MANY_ROWS[row["cause"]]
