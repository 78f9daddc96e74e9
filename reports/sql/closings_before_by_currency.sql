-- Balances at the end of the month before, by currency, those above and below zero apart.
SELECT
  currency,
  COUNT(*) AS balances,
  CAST(SUM(closing) AS DECIMAL(38,0)) AS closing,
  CAST(SUM(CASE WHEN closing > 0 THEN 1 ELSE 0 END) AS BIGINT) AS positive_balances,
  CAST(SUM(CASE WHEN closing > 0 THEN closing ELSE 0 END) AS DECIMAL(38,0)) AS positive,
  CAST(SUM(CASE WHEN closing < 0 THEN 1 ELSE 0 END) AS BIGINT) AS negative_balances,
  CAST(SUM(CASE WHEN closing < 0 THEN closing ELSE 0 END) AS DECIMAL(38,0)) AS negative
FROM closings_before
GROUP BY currency
ORDER BY currency
