-- Every transaction was written by a user or by an authorised creator.
WITH strangers AS (
    SELECT creator_key
    FROM creators
    WHERE user_id IS NULL AND NOT is_authorised
),
suspects AS (
    SELECT transaction_hash, wallet_key
    FROM transactions
    WHERE creator_key IN (SELECT creator_key FROM strangers)
    UNION ALL
    SELECT transaction_hash, wallet_key
    FROM transactions
    WHERE creator_key IS NULL
)
SELECT transaction_id, wallet_id, currency, amount, status, created_at, created_by
FROM transactions
SEMI JOIN suspects USING (transaction_hash, wallet_key)
ORDER BY ABS(CAST(amount AS DECIMAL(38, 0))) DESC, transaction_id
