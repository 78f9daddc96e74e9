-- Every balance with settled transactions has a recorded balance.
SELECT wallet_id, currency, ledger, recorded, drift, transactions
FROM drift
WHERE projections = 0 AND transactions > 0
ORDER BY ABS(ledger) DESC, wallet_id, currency
