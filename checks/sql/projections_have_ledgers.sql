-- No recorded balance other than zero stands without settled transactions, and none without a wallet.
SELECT wallet_balances.wallet_id, wallet_balances.currency,
    MIN(balances.ledger) AS ledger,
    CAST(SUM(CAST(wallet_balances.recorded AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS recorded,
    CAST(NULL AS DECIMAL(38, 0)) AS drift,
    COUNT(*) AS projections
FROM wallet_balances
LEFT JOIN balances
    ON balances.wallet_key = wallet_balances.wallet_key AND balances.currency = wallet_balances.currency
LEFT JOIN wallets ON wallets.wallet_key = wallet_balances.wallet_key
WHERE wallets.wallet_key IS NULL OR (balances.wallet_key IS NULL AND wallet_balances.recorded <> 0)
GROUP BY wallet_balances.wallet_id, wallet_balances.currency
ORDER BY ABS(SUM(CAST(wallet_balances.recorded AS DECIMAL(38, 0)))) DESC, wallet_id, currency
