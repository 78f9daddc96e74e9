-- Every wallet's user is among the users.
SELECT wallets.wallet_id, wallets.user_id, wallets.currency, balances.ledger
FROM wallets
LEFT JOIN balances ON balances.wallet_key = wallets.wallet_key AND balances.currency = wallets.currency
WHERE wallets.user_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM users WHERE users.user_id = wallets.user_id)
ORDER BY ABS(COALESCE(balances.ledger, CAST(0 AS DECIMAL(38, 0)))) DESC, wallets.wallet_id
