-- No balance was below zero after any transaction that moved it, even if it healed later.
SELECT wallet_keys.wallet_id, closings.currency, MIN(closings.lowest) AS lowest,
    MIN(closings.month) AS first_month, COUNT(*) AS months
FROM closings
INNER JOIN wallet_keys ON wallet_keys.wallet_key = closings.wallet_key
WHERE closings.lowest < 0
    AND NOT EXISTS (SELECT 1 FROM system_wallets WHERE system_wallets.wallet_id = wallet_keys.wallet_id)
GROUP BY wallet_keys.wallet_id, closings.currency
ORDER BY lowest, wallet_id, currency
