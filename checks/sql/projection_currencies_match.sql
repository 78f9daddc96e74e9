-- Every recorded balance is in the currency of its wallet.
SELECT wallet_balances.projection_id, wallet_balances.wallet_id, wallet_balances.currency,
    wallets.currency AS wallet_currency, wallet_balances.recorded
FROM wallet_balances
INNER JOIN wallets ON wallets.wallet_key = wallet_balances.wallet_key
WHERE wallet_balances.currency <> wallets.currency
ORDER BY ABS(CAST(wallet_balances.recorded AS DECIMAL(38, 0))) DESC, wallet_balances.wallet_id,
    wallet_balances.currency, wallet_balances.projection_id
