-- Every adjustment was written by a user with the admin role.
WITH written AS (
    SELECT creator_key
    FROM adjustments_and_refunds
    WHERE kind = 'ADJUSTMENT'
    GROUP BY creator_key
),
others AS (
    SELECT COALESCE(written.creator_key, -1) AS creator_key, creators.user_id
    FROM written
    LEFT JOIN creators ON creators.creator_key = written.creator_key
    WHERE creators.user_id IS NULL OR NOT creators.is_admin
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by, others.user_id
FROM transactions
INNER JOIN others ON others.creator_key = COALESCE(transactions.creator_key, -1)
WHERE transactions.kind = 'ADJUSTMENT'
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
