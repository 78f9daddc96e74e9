"""The rules about wallets and the users who own them.

Stays out: their SQL (sql/<name>.sql), and running them (judge).
"""

from checks.rule import Rule

WALLETS = (
    Rule(
        "wallets_are_unique",
        severity="error",
        asserts="existence",
        scope="cut",
        table="wallets",
        examines="wallets WHERE user_id IS NOT NULL",
        sentence="User {user_id} has {wallets:count} wallets in {currency}; one of them is {wallet_id}.",
        advice="Decide which wallet the application reads: money may be in the one that nobody looks at.",
        needs=("wallets.user_id",),
    ),
    Rule(
        "wallet_owners_exist",
        severity="error",
        asserts="existence",
        scope="cut",
        table="wallets",
        examines="wallets WHERE user_id IS NOT NULL",
        sentence=("Wallet {wallet_id} belongs to user {user_id}, who does not exist; its ledger holds {ledger:money}."),
        advice="Find out whether the user was removed or misspelt; the money has no owner.",
        needs=(
            "users",
            "wallets.user_id",
        ),
    ),
    Rule(
        "deleted_users_hold_no_money",
        severity="warning",
        asserts="existence",
        scope="cut",
        table="users",
        examines=("balances WHERE user_id IN (SELECT user_id FROM users WHERE deleted_at IS NOT NULL)"),
        sentence="User {user_id} is deleted since {deleted_at:instant}, and the ledger holds {ledger:money} for them.",
        advice="Pay out or write off what is left: nobody can claim it by the application.",
        needs=(
            "users",
            "users.deleted_at",
            "wallets.user_id",
        ),
    ),
)
