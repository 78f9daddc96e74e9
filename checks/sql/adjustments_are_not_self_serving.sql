-- No adjustment was written by the owner of its wallet.
WITH written AS (
    SELECT wallet_key, creator_key
    FROM adjustments_and_refunds
    WHERE kind = 'ADJUSTMENT'
    GROUP BY wallet_key, creator_key
),
self_serving AS (
    SELECT written.wallet_key, written.creator_key, creators.user_id
    FROM written
    INNER JOIN creators ON creators.creator_key = written.creator_key
    INNER JOIN wallets ON wallets.wallet_key = written.wallet_key AND wallets.user_id = creators.user_id
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by, self_serving.user_id
FROM transactions
INNER JOIN self_serving
    ON self_serving.wallet_key = transactions.wallet_key AND self_serving.creator_key = transactions.creator_key
WHERE transactions.kind = 'ADJUSTMENT'
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
