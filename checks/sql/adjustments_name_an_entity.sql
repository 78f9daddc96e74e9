-- Every adjustment names an entity that is not its own key.
WITH suspects AS (
    SELECT transaction_hash, wallet_key
    FROM adjustments_and_refunds
    WHERE kind = 'ADJUSTMENT' AND (related_hash IS NULL OR names_itself)
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by, transactions.related_type,
    transactions.related_id
FROM transactions
INNER JOIN suspects
    ON suspects.transaction_hash = transactions.transaction_hash AND suspects.wallet_key = transactions.wallet_key
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
