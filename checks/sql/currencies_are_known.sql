-- Every transaction is in a currency the configuration knows.
WITH unknown AS (
    SELECT found.currency
    FROM (SELECT currency FROM closings GROUP BY currency) AS found
    WHERE NOT EXISTS (SELECT 1 FROM currencies WHERE currencies.currency = found.currency)
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.created_at
FROM transactions
INNER JOIN unknown ON unknown.currency = transactions.currency
ORDER BY transactions.created_at, transactions.transaction_id
