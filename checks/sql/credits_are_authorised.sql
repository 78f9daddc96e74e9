-- No settled credit was written by the owner of its wallet, or by a user without the admin role.
WITH asked AS (
    SELECT creator_key, user_id, is_admin
    FROM creators
    WHERE user_id IS NOT NULL AND NOT is_authorised
),
written AS (
    SELECT wallet_key, creator_key
    FROM transactions
    WHERE settled AND kind IN ('DEPOSIT', 'REFUND', 'ESCROW_RELEASE', 'PAYOUT', 'ADJUSTMENT')
        AND creator_key IN (SELECT creator_key FROM asked WHERE NOT is_admin)
    UNION ALL
    SELECT wallet_key, creator_key
    FROM transactions
    SEMI JOIN (
        SELECT wallets.wallet_key, asked.creator_key
        FROM wallets
        INNER JOIN asked ON asked.user_id = wallets.user_id
        WHERE asked.is_admin
    ) AS own USING (wallet_key, creator_key)
    WHERE settled AND kind IN ('DEPOSIT', 'REFUND', 'ESCROW_RELEASE', 'PAYOUT', 'ADJUSTMENT')
),
trespasses AS (
    SELECT written.wallet_key, written.creator_key, MIN(asked.user_id) AS user_id,
        MAX(CASE WHEN asked.user_id = wallets.user_id THEN 1 ELSE 0 END) AS is_owner
    FROM written
    INNER JOIN asked ON asked.creator_key = written.creator_key
    LEFT JOIN wallets ON wallets.wallet_key = written.wallet_key
    GROUP BY written.wallet_key, written.creator_key
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.kind, transactions.currency,
    transactions.amount, transactions.created_at, transactions.created_by, trespasses.user_id,
    CASE WHEN trespasses.is_owner = 1 THEN 'the owner of the wallet' ELSE 'a user without the admin role' END
        AS standing
FROM transactions
INNER JOIN trespasses
    ON trespasses.wallet_key = transactions.wallet_key AND trespasses.creator_key = transactions.creator_key
WHERE transactions.settled AND transactions.kind IN ('DEPOSIT', 'REFUND', 'ESCROW_RELEASE', 'PAYOUT', 'ADJUSTMENT')
    AND (transactions.amount > 0 OR transactions.kind = 'ADJUSTMENT')
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
