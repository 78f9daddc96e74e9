-- How many recorded balances are off, by currency and the number of digits of what they are off by.
SELECT drift.currency, LENGTH(CAST(ABS(drift.drift) AS VARCHAR)) AS digits, COUNT(*) AS balances,
  CAST(SUM(ABS(drift.drift)) AS DECIMAL(38,0)) AS gross
FROM drift
CROSS JOIN settings
WHERE ABS(drift.drift) >= settings.drift_tolerance
GROUP BY drift.currency, digits
ORDER BY drift.currency, digits
