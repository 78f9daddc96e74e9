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
suspects AS (
    SELECT transaction_id, wallet_id, wallet_key, kind, currency, amount, created_at, created_by, creator_key
    FROM transactions
    WHERE settled
        AND kind IN ('DEPOSIT', 'REFUND', 'ESCROW_RELEASE', 'PAYOUT', 'ADJUSTMENT')
        AND (
            creator_key IN (SELECT creator_key FROM asked WHERE NOT is_admin)
            OR (wallet_key IN (SELECT wallet_key FROM own) AND creator_key IN (SELECT creator_key FROM own))
        )
)
SELECT suspects.transaction_id, suspects.wallet_id, suspects.kind, suspects.currency, suspects.amount,
    suspects.created_at, suspects.created_by, asked.user_id,
    CASE WHEN wallets.user_id = asked.user_id THEN 'the owner of the wallet' ELSE 'a user without the admin role' END
        AS standing
FROM suspects
INNER JOIN asked ON asked.creator_key = suspects.creator_key
LEFT JOIN wallets ON wallets.wallet_key = suspects.wallet_key
WHERE (NOT asked.is_admin OR wallets.user_id = asked.user_id) AND (suspects.amount > 0 OR suspects.kind = 'ADJUSTMENT')
ORDER BY ABS(CAST(suspects.amount AS DECIMAL(38, 0))) DESC, suspects.transaction_id
