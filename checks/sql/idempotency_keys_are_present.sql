-- Every transaction has an idempotency key.
WITH keyless AS (
    SELECT transaction_id, wallet_id, kind, currency, amount, status, created_at
    FROM transactions
    WHERE idempotency_hash IS NULL
    UNION ALL
    SELECT transaction_id, wallet_id, kind, currency, amount, status, created_at
    FROM transactions
    WHERE idempotency_key = ''
)
SELECT transaction_id, wallet_id, kind, currency, amount, status, created_at
FROM keyless
ORDER BY ABS(CAST(amount AS DECIMAL(38, 0))) DESC, transaction_id
