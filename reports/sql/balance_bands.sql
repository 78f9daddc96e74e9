-- The balances when the period ends, by currency, side of zero and number of digits; balances of zero are in no band.
SELECT
  currency,
  CASE WHEN closing > 0 THEN 'above zero' ELSE 'below zero' END AS side,
  LENGTH(CAST(ABS(closing) AS VARCHAR)) AS digits,
  COUNT(*) AS balances,
  CAST(SUM(closing) AS DECIMAL(38,0)) AS amount
FROM closings
WHERE closing <> 0
GROUP BY currency, side, digits
ORDER BY currency, side, digits
