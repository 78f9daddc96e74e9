-- Every transaction's wallet is among the wallets.
WITH suspects AS (
    SELECT wallet_key
    FROM wallet_keys
    WHERE NOT known
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.created_at
FROM transactions
INNER JOIN suspects ON suspects.wallet_key = transactions.wallet_key
ORDER BY transactions.created_at, transactions.transaction_id
