-- Every transaction is in the currency of its wallet.
WITH suspects AS (
    SELECT closings.wallet_key, closings.currency, wallets.currency AS wallet_currency
    FROM closings
    INNER JOIN wallets ON wallets.wallet_key = closings.wallet_key
    WHERE closings.month IN (SELECT MAX(month) FROM closings) AND closings.currency <> wallets.currency
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, suspects.wallet_currency,
    transactions.amount, transactions.created_at
FROM transactions
INNER JOIN suspects ON suspects.wallet_key = transactions.wallet_key AND suspects.currency = transactions.currency
ORDER BY transactions.created_at, transactions.transaction_id
