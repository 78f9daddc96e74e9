-- Every transaction moves money.
SELECT transaction_id, wallet_id, kind, currency, amount, status, created_at
FROM transactions
WHERE amount = 0
ORDER BY created_at, transaction_id
