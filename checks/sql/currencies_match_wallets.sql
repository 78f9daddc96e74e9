-- Every transaction is in the currency of its wallet.
WITH mismatched AS (
    SELECT closings.wallet_key, closings.currency, wallets.currency AS wallet_currency
    FROM closings
    INNER JOIN wallets ON wallets.wallet_key = closings.wallet_key
    WHERE closings.month IN (SELECT MAX(month) FROM closings) AND closings.currency <> wallets.currency
),
suspects AS (
    SELECT transaction_id, wallet_id, wallet_key, currency, amount, created_at
    FROM transactions
    WHERE wallet_key IN (SELECT wallet_key FROM mismatched)
)
SELECT suspects.transaction_id, suspects.wallet_id, suspects.currency, mismatched.wallet_currency,
    suspects.amount, suspects.created_at
FROM suspects
INNER JOIN mismatched ON mismatched.wallet_key = suspects.wallet_key AND mismatched.currency = suspects.currency
ORDER BY suspects.created_at, suspects.transaction_id
