"""The rules about what the application recorded and showed, beside the ledger.

Stays out: their SQL (sql/<name>.sql), and running them (judge).
"""

from checks.rule import Escalation, Rule

PROJECTIONS = (
    Rule(
        "projections_do_not_drift",
        severity="error",
        asserts="accuracy",
        scope="cut",
        escalation=Escalation("critical", minutes=15),
        table="drift",
        examines="drift WHERE drift IS NOT NULL",
        sentence=(
            "Wallet {wallet_id} is recorded at {recorded:money}, its ledger holds {ledger:money}: {drift:size} "
            "too {drift:way}."
        ),
        advice="Find what changed the recorded balance, then rebuild it from the ledger.",
        needs=("wallet_balances",),
    ),
    Rule(
        "projections_are_present",
        severity="error",
        asserts="completeness",
        scope="cut",
        table="drift",
        examines="drift WHERE transactions > 0",
        sentence="Wallet {wallet_id} has no recorded balance, its ledger holds {ledger:money}.",
        advice="Rebuild the missing recorded balances from the ledger.",
        needs=("wallet_balances",),
    ),
    Rule(
        "projections_have_ledgers",
        severity="error",
        asserts="existence",
        scope="cut",
        table="wallet_balances",
        examines="wallet_balances",
        sentence=(
            "Wallet {wallet_id} is recorded at {recorded:money} without a settled transaction or without a wallet."
        ),
        advice="Find who recorded money that no transaction supports; do not pay it out.",
        needs=("wallet_balances",),
    ),
    Rule(
        "projections_are_single",
        severity="error",
        asserts="existence",
        scope="cut",
        table="wallet_balances",
        examines="wallet_balances",
        sentence=(
            "Wallet {wallet_id} is recorded {wallet_projections:count} times; in {currency} between "
            "{recorded_least:money} and {recorded_most:money}."
        ),
        advice="Decide which row the application reads, then remove the others.",
        needs=("wallet_balances",),
    ),
    Rule(
        "projections_move_with_ledgers",
        severity="error",
        asserts="accuracy",
        scope="cut",
        table="projection_revisions",
        examines="transactions CROSS JOIN source_cut WHERE settled AND commit_ns > commits_after_ns",
        sentence=(
            "Transaction {transaction_id} moved the ledger of wallet {wallet_id} by {ledger_change:money} and "
            "its recorded balance by {recorded_change:money}: from there on they part by {drift:size}."
        ),
        advice="Look at the writer of that commit: it booked one side without the other.",
        needs=(
            "wallet_balances",
            "commits",
        ),
    ),
    Rule(
        "caches_do_not_drift",
        severity="error",
        asserts="accuracy",
        scope="cut",
        table="user_balances",
        examines="(SELECT DISTINCT user_id, currency FROM user_balances) AS cached",
        sentence="User {user_id} is shown {cached:money}, recorded is {recorded:money}: {drift:size} too {drift:way}.",
        advice="Once the recorded balances are right, rebuild the users' cached balances.",
        needs=(
            "user_balances",
            "wallet_balances",
        ),
    ),
)
