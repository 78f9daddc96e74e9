-- Recorded balances against the ledger at the cut, by currency.
SELECT
  drift.currency,
  COUNT(drift.drift) AS compared,
  COUNT(*) - COUNT(drift.drift) AS not_compared,
  CAST(SUM(CASE WHEN ABS(drift.drift) >= settings.drift_tolerance THEN 1 ELSE 0 END) AS BIGINT) AS drifting,
  CAST(COALESCE(SUM(ABS(drift.drift)), 0) AS DECIMAL(38,0)) AS gross,
  CAST(COALESCE(SUM(drift.drift), 0) AS DECIMAL(38,0)) AS net
FROM drift CROSS JOIN settings
GROUP BY drift.currency
ORDER BY drift.currency
