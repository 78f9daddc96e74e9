"""The rules about the rows of the ledger, and what belongs together among them.

Stays out: their SQL (sql/<name>.sql), and running them (judge).
"""

from checks.rule import Rule

LEDGER = (
    Rule(
        "ledger_is_append_only",
        severity="error",
        asserts="existence",
        scope="month",
        table="ledger_changes",
        examines="transactions",
        sentence=(
            "{change} of transaction {transaction_id}, {amount:money} in wallet {wallet_id} dated "
            "{created_at:instant}{changed:changed}; it was found after the cut of {previous_cut_at:instant}."
        ),
        advice="Find who rewrote the ledger: compare both sides of each row, and restore what was there.",
        needs=("history",),
        subject=("transaction_id", "change", "found_in"),
    ),
    Rule(
        "currencies_are_known",
        severity="error",
        asserts="classification",
        scope="month",
        table="transactions",
        examines="transactions",
        sentence=(
            "Transaction {transaction_id} of wallet {wallet_id} is in {currency}, which the configuration does "
            "not know."
        ),
        advice="Add the currency and its decimals to the configuration, or trace who wrote it.",
    ),
    Rule(
        "types_are_known",
        severity="error",
        asserts="classification",
        scope="month",
        table="transactions",
        examines="transactions",
        sentence=(
            "Transaction {transaction_id} of wallet {wallet_id} is of type {type}, which the configuration does "
            "not know."
        ),
        advice="Add the type to the configuration, or trace the writer that invented it.",
    ),
    Rule(
        "wallets_exist",
        severity="error",
        asserts="existence",
        scope="month",
        table="transactions",
        examines="transactions",
        sentence="Transaction {transaction_id} moves {amount:money} in wallet {wallet_id}, which does not exist.",
        advice="Find out whether the wallet was deleted or misspelt; its money has no owner.",
    ),
    Rule(
        "currencies_match_wallets",
        severity="error",
        asserts="accuracy",
        scope="month",
        table="transactions",
        examines="transactions",
        sentence="Transaction {transaction_id} is in {currency}, its wallet {wallet_id} in {wallet_currency}.",
        advice="Trace the writer that booked money of one currency to a wallet of another.",
    ),
    Rule(
        "idempotency_keys_are_unique",
        severity="error",
        asserts="existence",
        scope="cut",
        table="transactions",
        examines="transactions WHERE idempotency_hash IS NOT NULL",
        sentence=(
            "Key {idempotency_key} is used {occurrences:count} times, by transaction {transaction_id} among others."
        ),
        advice="Compare the rows: one instruction was probably booked more than once.",
        needs=("transactions.idempotency_key",),
    ),
    Rule(
        "transfers_net_to_zero",
        severity="error",
        asserts="completeness",
        scope="cut",
        table="transactions",
        examines="transactions WHERE transfer_id IS NOT NULL",
        sentence=(
            "Transfer {transfer_id} does not net to zero between two wallets: {legs:count} of its legs were "
            "found, their sum is {imbalance:money}; one is transaction {transaction_id}."
        ),
        advice="Look for the missing or altered leg of each transfer: it made or lost money.",
        needs=("kinds.transfer",),
        flow="transfer",
    ),
)
