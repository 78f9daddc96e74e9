-- How many transactions are dated on each day, in the zone of the ledger: quarters of an hour never straddle a day.
SELECT CAST(to_timestamp(quarter * 900) AT TIME ZONE zone AS DATE) AS day,
  CAST(SUM(transactions) AS BIGINT) AS transactions
FROM (
  SELECT epoch_us(created_at) // 900000000 AS quarter, COUNT(*) AS transactions
  FROM nearby
  GROUP BY quarter
) AS quarters
CROSS JOIN ledger
GROUP BY day
ORDER BY day
