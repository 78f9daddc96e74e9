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
        "statuses_move_money_rightly",
        severity="error",
        asserts="classification",
        scope="cut",
        table="drift",
        examines=(
            "drift INNER JOIN balances ON balances.wallet_id = drift.wallet_id AND balances.currency = "
            "drift.currency WHERE balances.ledger_all <> balances.ledger AND drift.drift IS NOT NULL"
        ),
        sentence=(
            "Wallet {wallet_id} is recorded at {recorded:money}, its ledger holds {ledger:money}: {unsettled:size} "
            "of it never settled."
        ),
        advice="Correct the writer that counts unsettled transactions, then rebuild: it is the cause of this drift.",
        needs=(
            "wallet_balances",
            "transactions.status",
        ),
    ),
    Rule(
        "projections_are_fresh",
        severity="warning",
        asserts="cut-off",
        scope="cut",
        table="wallet_balances",
        examines=(
            "wallet_balances INNER JOIN balances ON balances.wallet_key = wallet_balances.wallet_key AND "
            "balances.currency = wallet_balances.currency WHERE updated_at IS NOT NULL AND transactions > 0"
        ),
        sentence=(
            "Wallet {wallet_id} was recorded at {recorded:money} on {updated_at:instant}, before its last settled "
            "transaction in {currency} on {moved_at:instant}."
        ),
        advice="Compare drift first: a recorded balance that is right all the same only lost its date.",
        needs=(
            "wallet_balances",
            "wallet_balances.updated_at",
        ),
    ),
    Rule(
        "projections_change_only_with_ledgers",
        severity="warning",
        asserts="existence",
        scope="cut",
        table="wallet_balances",
        examines=(
            "wallet_balances INNER JOIN closings ON closings.wallet_key = wallet_balances.wallet_key AND "
            "closings.currency = wallet_balances.currency WHERE updated_at IS NOT NULL AND "
            "(settled_rows > 0 OR unsettled <> 0) AND month = (SELECT MAX(month) FROM closings)"
        ),
        sentence=(
            "Wallet {wallet_id} was recorded at {recorded:money} on {updated_at:instant}, after its last transaction "
            "in {currency} on {moved_at:instant}."
        ),
        advice="Find who overwrote a recorded balance without a transaction: it erases the evidence of drift.",
        needs=(
            "wallet_balances",
            "wallet_balances.updated_at",
        ),
    ),
    Rule(
        "projection_currencies_match",
        severity="error",
        asserts="accuracy",
        scope="cut",
        table="wallet_balances",
        examines="wallet_balances INNER JOIN wallets ON wallets.wallet_key = wallet_balances.wallet_key",
        sentence=(
            "Wallet {wallet_id} is in {wallet_currency}, and projection {projection_id} records {recorded:money} "
            "for it."
        ),
        advice="Find out whether the amount or only the name of its currency is wrong, then rebuild it.",
        needs=("wallet_balances",),
    ),
    Rule(
        "recorded_balances_are_integers",
        severity="error",
        asserts="accuracy",
        scope="cut",
        table="wallet_balances",
        examines=(
            "(SELECT wallet_key FROM wallet_balances UNION ALL SELECT wallet_key FROM wallets WHERE balance IS NOT "
            "NULL UNION ALL SELECT 0 FROM quarantine WHERE column_name = 'recorded' OR (table_name = 'wallets' AND "
            "column_name = 'balance')) AS all_rows"
        ),
        sentence="In {table_name}, {column_name} of row {row_id} {reason}: {document}.",
        advice="Correct the amount at the source; until then the row is set aside, and its wallet appears without it.",
    ),
    Rule(
        "wallet_totals_do_not_drift",
        severity="error",
        asserts="accuracy",
        scope="cut",
        table="wallets",
        examines="wallets WHERE balance IS NOT NULL",
        sentence=(
            "Wallet {wallet_id} says of itself that it holds {balance:money}, its ledger holds {ledger:money}: "
            "{drift:size} too {drift:way}."
        ),
        advice="Find what changed the wallet's own balance, then rebuild it from the ledger.",
        needs=("wallets.balance",),
    ),
    Rule(
        "units_are_consistent",
        severity="warning",
        asserts="accuracy",
        scope="cut",
        table="drift",
        examines="drift WHERE drift IS NOT NULL",
        sentence=(
            "Wallet {wallet_id} is recorded at {recorded:money}, its ledger holds {ledger:money}: one of the two "
            "counts major units."
        ),
        advice="Look for the writer that multiplies or divides by the decimals of the currency.",
        needs=("wallet_balances",),
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
