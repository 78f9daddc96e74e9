-- The month's transactions by currency and kind, settled and unsettled apart.
SELECT
  currency, kind, settled,
  CAST(SUM(transactions) AS BIGINT) AS transactions,
  CAST(SUM(amount) AS DECIMAL(38,0)) AS amount
FROM movements
GROUP BY currency, kind, settled
ORDER BY currency, kind, settled
