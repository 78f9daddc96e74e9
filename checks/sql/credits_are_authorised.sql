-- No settled credit was written by the owner of its wallet, or by a user without the admin role.
WITH asked AS (
    SELECT creator_key, user_id, is_admin
    FROM creators
    WHERE user_id IS NOT NULL AND NOT is_authorised
),
own AS (
    SELECT wallets.wallet_key, asked.creator_key
    FROM wallets
    INNER JOIN asked ON asked.user_id = wallets.user_id
    WHERE asked.is_admin
),
written AS (
    SELECT transaction_hash, wallet_key, creator_key
    FROM transactions
    WHERE settled
        AND kind IN ('DEPOSIT', 'REFUND', 'ESCROW_RELEASE', 'PAYOUT', 'ADJUSTMENT')
        AND (amount > 0 OR kind = 'ADJUSTMENT')
        AND (
            creator_key IN (SELECT creator_key FROM asked WHERE NOT is_admin)
            OR (wallet_key IN (SELECT wallet_key FROM own) AND creator_key IN (SELECT creator_key FROM own))
        )
),
suspects AS (
    SELECT written.transaction_hash, written.wallet_key, MIN(asked.user_id) AS user_id,
        MIN(CASE WHEN wallets.user_id = asked.user_id THEN 'the owner of the wallet'
            ELSE 'a user without the admin role' END) AS standing
    FROM written
    INNER JOIN asked ON asked.creator_key = written.creator_key
    LEFT JOIN wallets ON wallets.wallet_key = written.wallet_key
    WHERE NOT asked.is_admin OR wallets.user_id = asked.user_id
    GROUP BY written.transaction_hash, written.wallet_key
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.kind, transactions.currency,
    transactions.amount, transactions.created_at, transactions.created_by, suspects.user_id, suspects.standing
FROM transactions
INNER JOIN suspects
    ON suspects.transaction_hash = transactions.transaction_hash AND suspects.wallet_key = transactions.wallet_key
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
