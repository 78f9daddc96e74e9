"""The rules about what must happen once only: keys, references, rows alike, and the funding of a new user.

Stays out: their SQL (sql/<name>.sql), and running them (judge).
"""

from assets.sieves import Close, Repeated
from checks.rule import Rule

REPETITION = (
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
        sieve=Repeated("idempotency_hash"),
    ),
    Rule(
        "idempotency_keys_are_present",
        severity="warning",
        asserts="existence",
        scope="month",
        table="transactions",
        examines="transactions",
        sentence="{kind} {transaction_id}, {amount:money} in wallet {wallet_id}, has no idempotency key.",
        advice="Give every writer a key to send: without one, nothing stops a row from being written again.",
        needs=("transactions.idempotency_key",),
    ),
    Rule(
        "external_references_are_unique",
        severity="error",
        asserts="existence",
        scope="cut",
        table="transactions",
        examines="transactions WHERE settled AND amount > 0 AND external_reference <> ''",
        sentence=(
            "Reference {external_reference} is credited {occurrences:count} times, by transaction {transaction_id}, "
            "{amount:money} in wallet {wallet_id}, among others."
        ),
        advice="Ask the payment provider how often it paid: all credits but one were probably given for nothing.",
        needs=("transactions.external_reference",),
    ),
    Rule(
        "transactions_are_not_repeated",
        severity="warning",
        asserts="existence",
        scope="cut",
        table="transactions",
        examines="movements WHERE settled AND kind NOT IN (SELECT kind FROM kinds WHERE flow = 'transfer')",
        counting="transactions",
        sentence=(
            "{kind} {transaction_id} of {amount:money} in wallet {wallet_id}{created_at:at} is like another"
            "{other_at:at} under another key."
        ),
        advice="Ask whether it was meant twice: a retry under a new key books the same instruction again.",
        needs=("transactions.idempotency_key",),
        sieve=Close(),
    ),
    Rule(
        "initial_funding_is_once",
        severity="error",
        asserts="existence",
        scope="cut",
        table="transactions",
        examines="movements WHERE settled AND kind = 'INITIAL_FUNDING'",
        counting="transactions",
        sentence=(
            "User {user_id} was funded {occurrences:count} times, with {funding:money} in all; one is transaction "
            "{transaction_id} of {amount:money} in wallet {wallet_id}."
        ),
        advice="Take back what was given beyond the first funding, and guard sign-up against running twice.",
        needs=("wallets.user_id",),
        kinds=("INITIAL_FUNDING",),
        tells_suspects=True,
    ),
)
