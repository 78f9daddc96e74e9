-- No adjustment was written by the owner of its wallet.
WITH suspects AS (
    SELECT given.transaction_hash, given.wallet_key, MIN(creators.user_id) AS user_id
    FROM adjustments_and_refunds AS given
    INNER JOIN creators ON creators.creator_key = given.creator_key
    INNER JOIN wallets ON wallets.wallet_key = given.wallet_key AND wallets.user_id = creators.user_id
    WHERE given.kind = 'ADJUSTMENT'
    GROUP BY given.transaction_hash, given.wallet_key
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by, suspects.user_id
FROM transactions
INNER JOIN suspects
    ON suspects.transaction_hash = transactions.transaction_hash AND suspects.wallet_key = transactions.wallet_key
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
