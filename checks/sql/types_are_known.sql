-- Every transaction is of a type the configuration knows.
WITH unknown AS (
    SELECT found.type
    FROM (SELECT type FROM transactions GROUP BY type) AS found
    WHERE NOT EXISTS (SELECT 1 FROM types WHERE types.type = found.type)
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.type, transactions.currency,
    transactions.amount, transactions.created_at
FROM transactions
INNER JOIN unknown ON unknown.type = transactions.type
ORDER BY transactions.created_at, transactions.transaction_id
