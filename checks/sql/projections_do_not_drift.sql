-- Every recorded balance is its ledger's sum, to less than the tolerance.
SELECT wallet_id, currency, ledger, recorded, drift
FROM drift
CROSS JOIN settings
WHERE ABS(drift) >= settings.drift_tolerance
ORDER BY ABS(drift) DESC, wallet_id, currency
