-- Totals over the month's transactions of every status, for those who tie the population out to the source.
SELECT
  currency,
  COUNT(*) AS transactions,
  CAST(SUM(CAST(amount AS DECIMAL(38,0))) AS DECIMAL(38,0)) AS total,
  CAST(SUM(CASE WHEN amount > 0 THEN CAST(amount AS DECIMAL(38,0)) ELSE 0 END) AS DECIMAL(38,0)) AS credits,
  CAST(SUM(CASE WHEN amount < 0 THEN CAST(amount AS DECIMAL(38,0)) ELSE 0 END) AS DECIMAL(38,0)) AS debits,
  MIN(transaction_id) AS first_id,
  MAX(transaction_id) AS last_id,
  MIN(created_at) AS first_at,
  MAX(created_at) AS last_at
FROM transactions
GROUP BY currency
ORDER BY currency
