-- No idempotency key is used twice.
WITH repeated AS (
    SELECT idempotency_hash
    FROM (
        SELECT idempotency_hash,
            ROW_NUMBER() OVER (PARTITION BY idempotency_hash ORDER BY idempotency_hash) AS occurrence
        FROM transactions
        WHERE idempotency_hash IS NOT NULL
    ) AS numbered
    WHERE occurrence = 2
),
candidates AS (
    SELECT transaction_id, wallet_id, currency, amount, created_at, idempotency_key,
        CASE WHEN transfer_id IS NOT NULL THEN 1 ELSE 0 END AS is_transfer
    FROM transactions
    WHERE idempotency_hash IN (SELECT idempotency_hash FROM repeated)
),
confirmed AS (
    SELECT idempotency_key, COUNT(*) AS occurrences,
        CASE
            WHEN MIN(is_transfer) = 1 AND COUNT(DISTINCT wallet_id) = COUNT(*)
                AND SUM(CAST(amount AS DECIMAL(38, 0))) = 0 THEN 1
            ELSE 0
        END AS is_one_transfer
    FROM candidates
    GROUP BY idempotency_key
    HAVING COUNT(*) > 1
)
SELECT candidates.transaction_id, candidates.wallet_id, candidates.currency, candidates.amount,
    candidates.created_at, candidates.idempotency_key, confirmed.occurrences
FROM candidates
INNER JOIN confirmed ON confirmed.idempotency_key = candidates.idempotency_key
CROSS JOIN settings
WHERE NOT (settings.shared_transfer_keys AND confirmed.is_one_transfer = 1)
ORDER BY candidates.idempotency_key, candidates.created_at, candidates.transaction_id
