"""The rules about who may do what: who writes rows, credits, debits and adjusts, and whose money may leave.

Stays out: their SQL (sql/<name>.sql), and running them (judge).
"""

from checks.rule import Rule

ADMINS = ("transactions.created_by", "users", "users.is_admin")
"""What a rule needs that asks whether somebody is an admin."""

AUTHORITY = (
    Rule(
        "creators_are_known",
        severity="error",
        asserts="authorisation",
        scope="month",
        table="transactions",
        examines="transactions",
        sentence=(
            "Transaction {transaction_id} moves {amount:money} in wallet {wallet_id}; its creator '{created_by}' is "
            "neither a user nor authorised."
        ),
        advice="Find out who that is: authorise it in the configuration, or trace how it could write.",
        needs=("transactions.created_by", "users"),
        tells_suspects=True,
    ),
    Rule(
        "credits_are_authorised",
        severity="error",
        asserts="authorisation",
        scope="month",
        table="transactions",
        examines=(
            "movements WHERE settled AND kind IN ('DEPOSIT', 'REFUND', 'ESCROW_RELEASE', 'PAYOUT', 'ADJUSTMENT')"
        ),
        counting="CASE WHEN kind = 'ADJUSTMENT' THEN transactions ELSE credits END",
        sentence=(
            "{kind} {transaction_id} of {amount:money} in wallet {wallet_id} was written by user {user_id}, {standing}."
        ),
        advice="Find the way by which users can credit wallets, close it, and take back what was not due.",
        needs=(*ADMINS, "wallets.user_id"),
        kinds=("DEPOSIT", "REFUND", "ESCROW_RELEASE", "ADJUSTMENT", "PAYOUT"),
        tells_suspects=True,
    ),
    Rule(
        "debits_are_by_owners",
        severity="error",
        asserts="authorisation",
        scope="month",
        table="transactions",
        examines="movements WHERE kind IN (SELECT kind FROM kinds WHERE flow = 'transfer')",
        counting="debits",
        sentence=(
            "Transfer {transaction_id} takes {amount:size} out of wallet {wallet_id} by the hand of user {user_id}, "
            "whose wallet it is not."
        ),
        advice="Ask the owner of each wallet whether it was meant: somebody may be spending the money of others.",
        needs=(*ADMINS, "wallets.user_id", "kinds.transfer"),
        flow="transfer",
        tells_suspects=True,
    ),
    Rule(
        "adjustments_name_an_admin",
        severity="error",
        asserts="authorisation",
        scope="month",
        table="transactions",
        examines="movements WHERE kind = 'ADJUSTMENT'",
        counting="transactions",
        sentence=(
            "Adjustment {transaction_id} of {amount:money} in wallet {wallet_id} was written by '{created_by}', which "
            "is no user with the admin role."
        ),
        advice="Have the application write which admin adjusts: without a name nobody answers for it.",
        needs=ADMINS,
        kinds=("ADJUSTMENT",),
        tells_suspects=True,
    ),
    Rule(
        "adjustments_give_a_reason",
        severity="error",
        asserts="authorisation",
        scope="month",
        table="transactions",
        examines="movements WHERE kind = 'ADJUSTMENT'",
        counting="transactions",
        sentence=(
            "The reason of adjustment {transaction_id}, {amount:money} in wallet {wallet_id}, has "
            "{reason_characters:count} characters and {reason_words:count} words; {least_characters:count} and "
            "{least_words:count} are the least."
        ),
        advice="Ask who adjusted for the reason and its evidence, and have the application demand it.",
        needs=("transactions.description",),
        kinds=("ADJUSTMENT",),
        tells_suspects=True,
    ),
    Rule(
        "adjustments_name_an_entity",
        severity="warning",
        asserts="authorisation",
        scope="month",
        table="transactions",
        examines="movements WHERE kind = 'ADJUSTMENT'",
        counting="transactions",
        sentence="Adjustment {transaction_id} of {amount:money} in wallet {wallet_id} names nothing that it is about.",
        advice="Ask what was adjusted, and have the application write down the case or order it belongs to.",
        needs=("transactions.related_id",),
        kinds=("ADJUSTMENT",),
        tells_suspects=True,
    ),
    Rule(
        "adjustments_are_not_self_serving",
        severity="error",
        asserts="authorisation",
        scope="month",
        table="transactions",
        examines=(
            "adjustments_and_refunds AS given INNER JOIN creators ON creators.creator_key = given.creator_key "
            "WHERE given.kind = 'ADJUSTMENT' AND creators.user_id IS NOT NULL"
        ),
        sentence=(
            "Adjustment {transaction_id} of {amount:money} in wallet {wallet_id} was written by user {user_id}, who "
            "owns the wallet."
        ),
        advice="Have a second admin look at each: nobody should adjust a wallet of their own.",
        needs=("transactions.created_by", "users", "wallets.user_id"),
        cannot_examine=(
            "adjustments_and_refunds AS given INNER JOIN creators ON creators.creator_key = given.creator_key "
            "WHERE given.kind = 'ADJUSTMENT' AND creators.user_id IS NULL AND creators.is_authorised"
        ),
        kinds=("ADJUSTMENT",),
        tells_suspects=True,
    ),
    Rule(
        "withdrawals_follow_kyc",
        severity="error",
        asserts="authorisation",
        scope="month",
        table="transactions",
        examines="movements WHERE settled AND kind = 'WITHDRAWAL'",
        counting="transactions",
        sentence=(
            "Withdrawal {transaction_id} took {amount:size} out of wallet {wallet_id}{created_at:at}; its owner "
            "{user_id} {standing}{kyc_passed_at:at}."
        ),
        advice="Find out how money could leave before the owner was known, and complete the KYC of each.",
        needs=("users", "users.kyc_passed_at", "wallets.user_id"),
        kinds=("WITHDRAWAL",),
    ),
)
