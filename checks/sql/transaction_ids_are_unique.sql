-- No transaction id occurs twice.
WITH repeated AS (
    SELECT transaction_hash
    FROM (
        SELECT transaction_hash,
            ROW_NUMBER() OVER (PARTITION BY transaction_hash ORDER BY transaction_hash) AS occurrence
        FROM transactions
    ) AS numbered
    WHERE occurrence = 2
),
candidates AS (
    SELECT transaction_id, wallet_id, currency, amount
    FROM transactions
    WHERE transaction_hash IN (SELECT transaction_hash FROM repeated)
),
confirmed AS (
    SELECT transaction_id, COUNT(*) AS occurrences
    FROM candidates
    GROUP BY transaction_id
    HAVING COUNT(*) > 1
)
SELECT candidates.transaction_id, candidates.wallet_id, candidates.currency, candidates.amount, confirmed.occurrences
FROM candidates
INNER JOIN confirmed ON confirmed.transaction_id = candidates.transaction_id
ORDER BY candidates.transaction_id, candidates.wallet_id, candidates.amount
