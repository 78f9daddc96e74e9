"""The rules about an export: whether anything may be judged from it.

Stays out: their SQL (sql/<name>.sql), and running them (judge).
"""

from assets.sieves import Repeated
from checks.rule import Rule

GATES = (
    Rule(
        "exports_are_complete",
        severity="gate",
        asserts="completeness",
        scope="cut",
        table="transactions",
        examines="source_tables",
        sentence=(
            "Table {source_name} has {received:affected}, of which {written:count} were written and "
            "{quarantined:count} quarantined: {problem}."
        ),
        advice="Export the source again, whole; nothing can be judged from a part of it.",
    ),
    Rule(
        "exports_are_one_cut",
        severity="gate",
        asserts="cut-off",
        scope="cut",
        table="transactions",
        examines="source_cut",
        sentence="Nothing says that the tables show one instant; declare the cut in the configuration.",
        advice="Export again from a source that shows one instant, or declare how that is known.",
    ),
    Rule(
        "transaction_ids_are_unique",
        severity="gate",
        asserts="existence",
        scope="cut",
        table="transactions",
        examines="transactions",
        sentence="Transaction {transaction_id} occurs {occurrences:count} times.",
        advice="Find out why two transactions have one id, then export again.",
        sieve=Repeated("transaction_hash"),
    ),
    Rule(
        "schemas_match",
        severity="gate",
        asserts="accuracy",
        scope="cut",
        table="transactions",
        examines="source_columns",
        sentence="{table_name}.{column_name}{row_id:named} {problem}, in {affected:affected}.",
        advice="Compare the listed columns with the configuration; correct whichever is wrong.",
    ),
    Rule(
        "amounts_are_exact_integers",
        severity="gate",
        asserts="accuracy",
        scope="cut",
        table="transactions",
        examines=(
            "(SELECT COUNT(*) AS counted FROM transactions UNION ALL SELECT COUNT(*) AS counted FROM quarantine "
            "WHERE table_name = 'transactions') AS every_row"
        ),
        counting="counted",
        sentence="The amount of transaction {transaction_id} {reason}: {document}.",
        advice="Correct these amounts at the source: money is whole minor units.",
    ),
    Rule(
        "sums_do_not_overflow",
        severity="gate",
        asserts="accuracy",
        scope="cut",
        table="balances",
        examines="balances",
        sentence="Wallet {wallet_id} sums to {ledger:money}, beyond 64 bits.",
        advice="Check the listed wallets for absurd amounts; no real balance is this large.",
    ),
    Rule(
        "engines_agree",
        severity="gate",
        asserts="accuracy",
        scope="cut",
        table="balances",
        examines="balances",
        sentence="For wallet {wallet_id} one engine computes {ledger:money}, the other {ledger_again:money}.",
        advice="Treat no figure as established; report this defect of the audit with the rows.",
    ),
)
