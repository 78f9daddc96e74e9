-- The legs of every transfer sum to zero, in one currency and one status, between two or more wallets.
WITH broken AS (
    SELECT transfer_id, COUNT(*) AS legs,
        CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS imbalance
    FROM transactions
    CROSS JOIN settings
    WHERE transfer_id IS NOT NULL
    GROUP BY transfer_id
    HAVING SUM(CAST(amount AS DECIMAL(38, 0))) <> 0
        OR COUNT(*) < 2
        OR (MAX(settings.transfer_legs) > 0 AND COUNT(*) <> MAX(settings.transfer_legs))
        OR MIN(wallet_key) = MAX(wallet_key)
        OR MIN(currency) <> MAX(currency)
        OR MIN(COALESCE(status, '')) <> MAX(COALESCE(status, ''))
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.transfer_id, transactions.currency,
    transactions.amount, transactions.status, transactions.created_at, broken.legs, broken.imbalance
FROM transactions
INNER JOIN broken ON broken.transfer_id = transactions.transfer_id
ORDER BY ABS(broken.imbalance) DESC, transactions.transfer_id, transactions.created_at, transactions.transaction_id
