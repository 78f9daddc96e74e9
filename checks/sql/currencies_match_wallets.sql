-- Every transaction is in the currency of its wallet.
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency,
    wallets.currency AS wallet_currency, transactions.amount, transactions.created_at
FROM transactions
INNER JOIN wallets ON wallets.wallet_key = transactions.wallet_key
WHERE transactions.currency <> wallets.currency
ORDER BY transactions.created_at, transactions.transaction_id
