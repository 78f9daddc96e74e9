-- The month's adjustments by preparer and currency, the largest gross of each currency first.
SELECT created_by, currency, COUNT(*) AS transactions,
  CAST(SUM(ABS(CAST(amount AS DECIMAL(38, 0)))) AS DECIMAL(38, 0)) AS gross,
  CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS net
FROM adjustment_flags
GROUP BY created_by, currency
ORDER BY currency, gross DESC, created_by NULLS LAST
