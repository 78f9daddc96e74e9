-- No balance is below zero, neither in the ledger nor as recorded.
SELECT wallet_id, currency, ledger, recorded, drift
FROM drift
WHERE (ledger < 0 OR recorded < 0)
    AND NOT EXISTS (SELECT 1 FROM system_wallets WHERE system_wallets.wallet_id = drift.wallet_id)
ORDER BY CASE WHEN recorded < ledger OR ledger IS NULL THEN recorded ELSE ledger END, wallet_id, currency
