-- Every transaction is in a currency the configuration knows.
SELECT transaction_id, wallet_id, currency, amount, created_at
FROM transactions
WHERE NOT EXISTS (SELECT 1 FROM currencies WHERE currencies.currency = transactions.currency)
ORDER BY created_at, transaction_id
