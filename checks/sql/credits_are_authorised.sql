-- No settled credit was written by the owner of its wallet, or by a user without the admin role.
WITH trespasses AS (
    SELECT transactions.wallet_key, transactions.creator_key, MIN(creators.user_id) AS user_id,
        MAX(CASE WHEN creators.user_id = wallets.user_id THEN 1 ELSE 0 END) AS is_owner
    FROM transactions
    INNER JOIN creators ON creators.creator_key = transactions.creator_key
    LEFT JOIN wallets ON wallets.wallet_key = transactions.wallet_key
    WHERE transactions.settled
        AND (
            transactions.kind = 'ADJUSTMENT'
            OR (transactions.amount > 0 AND transactions.kind IN ('DEPOSIT', 'REFUND', 'ESCROW_RELEASE', 'PAYOUT'))
        )
        AND creators.user_id IS NOT NULL AND NOT creators.is_authorised
        AND (NOT creators.is_admin OR creators.user_id = wallets.user_id)
    GROUP BY transactions.wallet_key, transactions.creator_key
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.kind, transactions.currency,
    transactions.amount, transactions.created_at, transactions.created_by, trespasses.user_id,
    CASE WHEN trespasses.is_owner = 1 THEN 'the owner of the wallet' ELSE 'a user without the admin role' END
        AS standing
FROM transactions
INNER JOIN trespasses
    ON trespasses.wallet_key = transactions.wallet_key AND trespasses.creator_key = transactions.creator_key
WHERE transactions.settled
    AND (
        transactions.kind = 'ADJUSTMENT'
        OR (transactions.amount > 0 AND transactions.kind IN ('DEPOSIT', 'REFUND', 'ESCROW_RELEASE', 'PAYOUT'))
    )
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
