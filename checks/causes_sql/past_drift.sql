-- The balances of an earlier export that drifted at its cut, among those that drift now.
SELECT drift.wallet_id, drift.currency, COALESCE(drift.recorded, 0) - COALESCE(drift.ledger, 0) AS drift
FROM drift
SEMI JOIN wanted ON wanted.wallet_id = drift.wallet_id AND wanted.currency = drift.currency
WHERE COALESCE(drift.recorded, 0) <> COALESCE(drift.ledger, 0) AND drift.projections <= 1
ORDER BY drift.wallet_id, drift.currency
