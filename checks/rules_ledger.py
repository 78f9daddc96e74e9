"""The rules about single rows of the ledger, and the legs of transfers: what they are, where, when and how much.

Stays out: what happened more than once (rules_repetition), who may write what (rules_authority), their SQL
(sql/<name>.sql), and running them (judge).
"""

from assets.sieves import Unpaired
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
        "amounts_are_not_zero",
        severity="warning",
        asserts="accuracy",
        scope="month",
        table="transactions",
        examines="transactions",
        sentence="{kind} {transaction_id} of wallet {wallet_id} moves {amount:money}.",
        advice="Find the writer that books rows of nothing: an amount was lost, or the row is not needed.",
    ),
    Rule(
        "amounts_are_within_limits",
        severity="warning",
        asserts="accuracy",
        scope="cut",
        table="transactions",
        examines="transactions",
        sentence=(
            "Transaction {transaction_id} moves {amount:money} in wallet {wallet_id}: over {bound:money}, {measure}."
        ),
        advice="Have somebody who knows the wallet confirm the amount: a wrong unit or a fraud looks like this.",
        tells_suspects=True,
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
        "signs_follow_types",
        severity="error",
        asserts="accuracy",
        scope="month",
        table="transactions",
        examines="transactions",
        sentence=("{kind} {transaction_id} of wallet {wallet_id} is of {amount:money}, and ought to be {ought_to_be}."),
        advice="Trace the writer: money went the wrong way, or the row has the wrong type.",
        tells_suspects=True,
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
        tells_suspects=True,
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
        tells_suspects=True,
    ),
    Rule(
        "transfers_net_to_zero",
        severity="error",
        asserts="completeness",
        scope="cut",
        table="transactions",
        examines="transactions WHERE transfer_hash IS NOT NULL",
        sentence=(
            "Transfer {transfer_id} does not net to zero between two wallets: {legs:count} of its legs were "
            "found, their sum is {imbalance:money}; one is transaction {transaction_id}."
        ),
        advice="Look for the missing or altered leg of each transfer: it made or lost money.",
        needs=("kinds.transfer",),
        flow="transfer",
        sieve=Unpaired(),
    ),
    Rule(
        "dates_are_plausible",
        severity="warning",
        asserts="cut-off",
        scope="month",
        table="transactions",
        examines="transactions",
        sentence=(
            "Transaction {transaction_id} of wallet {wallet_id} is dated {created_at:instant}, but {measure} was"
            "{expected_at:at}{created_together:together}."
        ),
        advice="Ask whether the rows were imported or dated by hand: their month may be wrong.",
        tells_suspects=True,
    ),
    Rule(
        "inactive_wallets_are_quiet",
        severity="warning",
        asserts="authorisation",
        scope="month",
        table="transactions",
        examines="movements WHERE wallet_key IN (SELECT wallet_key FROM wallets WHERE NOT is_active)",
        counting="transactions",
        sentence=(
            "{kind} {transaction_id} moves {amount:money} in the inactive wallet {wallet_id}"
            "{created_at:at}, after the wallet's last update{updated_at:at}."
        ),
        advice="Find out how a wallet that was closed could still be written to.",
        needs=("wallets.is_active", "wallets.updated_at"),
        cannot_examine="wallets WHERE NOT is_active AND updated_at IS NULL",
        tells_suspects=True,
    ),
)
