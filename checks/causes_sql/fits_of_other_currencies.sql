-- Rows of another currency in the same wallet that explain a whole drift: they were counted as if of this one.
SELECT partings.parting_key, transactions.transaction_id, transactions.amount, transactions.created_at,
    transactions.created_by, transactions.currency AS row_currency
FROM partings
INNER JOIN transactions ON transactions.wallet_key = partings.wallet_key
WHERE transactions.settled
    AND transactions.currency <> partings.currency
    AND partings.drift <> 0
    AND transactions.amount = partings.drift
