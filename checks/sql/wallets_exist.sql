-- Every transaction's wallet is among the wallets.
WITH missing AS (
    SELECT found.wallet_key
    FROM (SELECT wallet_key FROM transactions GROUP BY wallet_key) AS found
    WHERE NOT EXISTS (SELECT 1 FROM wallets WHERE wallets.wallet_key = found.wallet_key)
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.created_at
FROM transactions
INNER JOIN missing ON missing.wallet_key = transactions.wallet_key
ORDER BY transactions.created_at, transactions.transaction_id
