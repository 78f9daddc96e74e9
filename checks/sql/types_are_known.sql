-- Every transaction is of a type the configuration knows.
SELECT transaction_id, wallet_id, type, currency, amount, created_at
FROM transactions
WHERE NOT EXISTS (SELECT 1 FROM types WHERE types.type = transactions.type)
ORDER BY created_at, transaction_id
