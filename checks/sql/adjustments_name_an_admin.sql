-- Every adjustment was written by a user with the admin role.
WITH suspects AS (
    SELECT given.transaction_hash, given.wallet_key, creators.user_id
    FROM adjustments_and_refunds AS given
    LEFT JOIN creators ON creators.creator_key = given.creator_key
    WHERE given.kind = 'ADJUSTMENT' AND (creators.user_id IS NULL OR NOT creators.is_admin)
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by, suspects.user_id
FROM transactions
INNER JOIN suspects
    ON suspects.transaction_hash = transactions.transaction_hash AND suspects.wallet_key = transactions.wallet_key
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
