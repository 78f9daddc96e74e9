-- No transaction of an inactive wallet is later than the wallet's last update.
WITH inactive AS (
    SELECT wallet_key, updated_at
    FROM wallets
    WHERE NOT is_active
),
suspects AS (
    SELECT inactive.wallet_key, inactive.updated_at
    FROM inactive
    WHERE EXISTS (
        SELECT 1
        FROM movements
        WHERE movements.wallet_key = inactive.wallet_key AND movements.last_at > inactive.updated_at
    )
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.kind, transactions.currency,
    transactions.amount, transactions.status, transactions.created_at, suspects.updated_at
FROM transactions
INNER JOIN suspects ON suspects.wallet_key = transactions.wallet_key
WHERE transactions.created_at > suspects.updated_at
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
