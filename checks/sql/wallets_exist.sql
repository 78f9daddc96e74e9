-- Every transaction's wallet is among the wallets.
SELECT transaction_id, wallet_id, currency, amount, created_at
FROM transactions
WHERE NOT EXISTS (SELECT 1 FROM wallets WHERE wallets.wallet_key = transactions.wallet_key)
ORDER BY created_at, transaction_id
