"""The register: every rule, one entry each.

A rule is a query that returns the rows that break it: `checks/sql/<name>.sql`, whose first line says what must
hold. To add one, write its query and its entry here. What stays out: running rules (judge) and showing them.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["gate", "error", "warning"]
Scope = Literal["month", "closing", "cut"]

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Rule:
    """What must hold, what it is asked of, and how its worst offender is told."""

    name: str
    severity: Severity
    scope: Scope
    """What of it belongs to a month: its rows, the balances at its end, or only the cut."""
    table: str
    """The table it is a check of, as Dagster shows it."""
    views: tuple[str, ...]
    """The tables its query names."""
    examines: str
    """What it looks at, as a FROM clause; the count of these rows is *examined*."""
    sentence: str
    """The worst offender in words; fields are its columns, `:money` in its currency, `:size` without the sign."""
    needs: tuple[str, ...] = ()
    """Tables and columns without which the configuration makes it not applicable; `history` is an export before,
    `commits` a source that gives the commits which wrote its rows."""
    flow: str | None = None
    """The flow of the kinds of transaction it speaks of, if only one."""

    @property
    def text(self) -> str:
        """Its SQL, read verbatim by every engine."""
        return (SQL / f"{self.name}.sql").read_text()

    @property
    def statement(self) -> str:
        """What must hold, in words."""
        return self.text.partition("\n")[0].removeprefix("-- ")


GATES = (
    Rule(
        "exports_are_complete",
        "gate",
        "cut",
        "transactions",
        ("source_tables",),
        "source_tables",
        "Table {source_name} has {received:count} rows, of which {written:count} were written and "
        "{quarantined:count} quarantined: {problem}.",
    ),
    Rule(
        "exports_are_one_cut",
        "gate",
        "cut",
        "transactions",
        ("source_cut",),
        "source_cut",
        "Nothing says that the tables show one instant; declare the cut in the configuration.",
    ),
    Rule(
        "transaction_ids_are_unique",
        "gate",
        "cut",
        "transactions",
        ("transactions",),
        "transactions",
        "Transaction {transaction_id} occurs {occurrences:count} times.",
    ),
    Rule(
        "schemas_match",
        "gate",
        "cut",
        "transactions",
        ("source_columns", "quarantine", "transactions", "statuses", "wallets", "wallet_balances"),
        "source_columns",
        "{table_name}.{column_name}{row_id:named} {problem}, in {affected:count} rows.",
    ),
    Rule(
        "amounts_are_exact_integers",
        "gate",
        "cut",
        "transactions",
        ("quarantine", "transactions"),
        "(SELECT amount FROM transactions UNION ALL "
        "SELECT 0 FROM quarantine WHERE table_name = 'transactions') AS all_rows",
        "The amount of transaction {transaction_id} {reason}: {document}.",
    ),
    Rule(
        "sums_do_not_overflow",
        "gate",
        "cut",
        "balances",
        ("balances",),
        "balances",
        "Wallet {wallet_id} sums to {ledger:money}, beyond 64 bits.",
    ),
    Rule(
        "engines_agree",
        "gate",
        "cut",
        "balances",
        ("balances", "balances_again", "wallet_keys"),
        "balances",
        "For wallet {wallet_id} one engine computes {ledger:money}, the other {ledger_again:money}.",
    ),
)

FINDINGS = (
    Rule(
        "ledger_is_append_only",
        "error",
        "month",
        "ledger_changes",
        ("ledger_changes", "mutable_statuses", "transactions"),
        "transactions",
        "{change} of transaction {transaction_id}, {amount:money} in wallet {wallet_id} dated {created_at:instant}"
        "{changed:changed}; it was found after the cut of {previous_cut_at:instant}.",
        needs=("history",),
    ),
    Rule(
        "currencies_are_known",
        "error",
        "month",
        "transactions",
        ("transactions", "currencies"),
        "transactions",
        "Transaction {transaction_id} of wallet {wallet_id} is in {currency}, which the configuration does not know.",
    ),
    Rule(
        "types_are_known",
        "error",
        "month",
        "transactions",
        ("transactions", "types"),
        "transactions",
        "Transaction {transaction_id} of wallet {wallet_id} is of type {type}, which the configuration does not know.",
    ),
    Rule(
        "wallets_exist",
        "error",
        "month",
        "transactions",
        ("transactions", "wallets"),
        "transactions",
        "Transaction {transaction_id} moves {amount:money} in wallet {wallet_id}, which does not exist.",
    ),
    Rule(
        "currencies_match_wallets",
        "error",
        "month",
        "transactions",
        ("transactions", "wallets"),
        "transactions",
        "Transaction {transaction_id} is in {currency}, its wallet {wallet_id} in {wallet_currency}.",
    ),
    Rule(
        "idempotency_keys_are_unique",
        "error",
        "cut",
        "transactions",
        ("transactions", "settings"),
        "transactions WHERE idempotency_hash IS NOT NULL",
        "Key {idempotency_key} is used {occurrences:count} times, by transaction {transaction_id} among others.",
        needs=("transactions.idempotency_key",),
    ),
    Rule(
        "transfers_net_to_zero",
        "error",
        "cut",
        "transactions",
        ("transactions", "settings"),
        "transactions WHERE transfer_id IS NOT NULL",
        "Transfer {transfer_id} does not net to zero between two wallets: {legs:count} of its legs were found, "
        "their sum is {imbalance:money}; one is transaction {transaction_id}.",
        needs=("kinds.transfer",),
        flow="transfer",
    ),
    Rule(
        "balances_are_not_negative",
        "error",
        "closing",
        "drift",
        ("drift", "system_wallets"),
        "drift",
        "Wallet {wallet_id} is below zero: its ledger holds {ledger:money}{recorded:recorded}.",
    ),
    Rule(
        "balances_never_were_negative",
        "error",
        "month",
        "movements",
        ("closings", "wallet_keys", "system_wallets"),
        "(SELECT DISTINCT wallet_key, currency FROM closings WHERE lowest IS NOT NULL) AS moved",
        "Wallet {wallet_id} was down to {lowest:money}, first below zero in {first_month}.",
    ),
    Rule(
        "projections_do_not_drift",
        "error",
        "cut",
        "drift",
        ("drift", "settings"),
        "drift WHERE drift IS NOT NULL",
        "Wallet {wallet_id} is recorded at {recorded:money}, its ledger holds {ledger:money}: "
        "{drift:size} too {drift:way}.",
        needs=("wallet_balances",),
    ),
    Rule(
        "projections_are_present",
        "error",
        "cut",
        "drift",
        ("drift",),
        "drift WHERE transactions > 0",
        "Wallet {wallet_id} has no recorded balance, its ledger holds {ledger:money}.",
        needs=("wallet_balances",),
    ),
    Rule(
        "projections_have_ledgers",
        "error",
        "cut",
        "wallet_balances",
        ("wallet_balances", "balances", "wallets"),
        "wallet_balances",
        "Wallet {wallet_id} is recorded at {recorded:money} without a settled transaction or without a wallet.",
        needs=("wallet_balances",),
    ),
    Rule(
        "projections_are_single",
        "error",
        "cut",
        "wallet_balances",
        ("wallet_balances", "settings"),
        "wallet_balances",
        "Wallet {wallet_id} is recorded {wallet_projections:count} times; in {currency} between {recorded_least:money} "
        "and {recorded_most:money}.",
        needs=("wallet_balances",),
    ),
    Rule(
        "projections_move_with_ledgers",
        "error",
        "cut",
        "projection_revisions",
        ("transactions", "projection_revisions", "source_cut"),
        "transactions CROSS JOIN source_cut WHERE settled AND commit_ns > commits_after_ns",
        "Transaction {transaction_id} moved the ledger of wallet {wallet_id} by {ledger_change:money} and its recorded "
        "balance by {recorded_change:money}: from there on they part by {drift:size}.",
        needs=("wallet_balances", "commits"),
    ),
    Rule(
        "caches_do_not_drift",
        "error",
        "cut",
        "user_balances",
        ("user_balances", "wallet_balances", "wallets", "balances"),
        "(SELECT DISTINCT user_id, currency FROM user_balances) AS cached",
        "User {user_id} is shown {cached:money}, recorded is {recorded:money}: {drift:size} too {drift:way}.",
        needs=("user_balances", "wallet_balances"),
    ),
)

RULES = GATES + FINDINGS

REGISTER = hashlib.sha256("".join(f"{rule!r}{rule.text}" for rule in RULES).encode()).hexdigest()
"""Digest of every rule and its text: what was judged by other rules is judged again."""
