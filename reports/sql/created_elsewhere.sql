-- The transactions of each day of the month, and how many of them their source created outside the month.
SELECT CAST(to_timestamp(quarter * 900) AT TIME ZONE ledger.zone AS DATE) AS day,
  CAST(SUM(transactions) AS BIGINT) AS transactions, CAST(SUM(later) AS BIGINT) AS later,
  CAST(SUM(earlier) AS BIGINT) AS earlier
FROM (
  SELECT epoch_us(created_at) // 900000000 AS quarter, COUNT(*) AS transactions,
    COUNT(*) FILTER (WHERE source_created_at >= ends_at) AS later,
    COUNT(*) FILTER (WHERE source_created_at < begins_at) AS earlier
  FROM transactions
  CROSS JOIN (
    SELECT first_day::TIMESTAMP AT TIME ZONE zone AS begins_at, next_day::TIMESTAMP AT TIME ZONE zone AS ends_at
    FROM ledger
  ) AS bounds
  GROUP BY quarter
) AS quarters
CROSS JOIN ledger
GROUP BY day
ORDER BY day
