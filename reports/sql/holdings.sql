-- Who holds the balances of each currency when the period ends: the ten largest, those at rest, those shut.
WITH active AS (
  SELECT wallet_key, MIN(CASE WHEN is_active THEN 1 WHEN NOT is_active THEN 0 END) AS is_active
  FROM wallets
  GROUP BY wallet_key
),
ranked AS (
  SELECT
    closings.currency, closings.closing,
    closings.closing > 0 AS above,
    ROW_NUMBER() OVER (PARTITION BY closings.currency ORDER BY closings.closing DESC) AS place,
    closings.closing > 0 AND COALESCE(closings.last_settled_at, last_day.at) <= last_day.at - INTERVAL 12 MONTH
      AS dormant,
    closings.closing > 0 AND active.is_active = 0 AS inactive
  FROM closings
  LEFT JOIN active ON active.wallet_key = closings.wallet_key
  CROSS JOIN (
    SELECT LEAST(CAST(next_day AS TIMESTAMP) AT TIME ZONE zone, cut_at) AS at FROM ledger
  ) AS last_day
)
SELECT
  currency,
  CAST(SUM(CASE WHEN above THEN closing ELSE 0 END) AS DECIMAL(38,0)) AS owed,
  COUNT(CASE WHEN above THEN 1 END) AS above,
  COUNT(CASE WHEN closing = 0 THEN 1 END) AS zero,
  COUNT(CASE WHEN closing < 0 THEN 1 END) AS below,
  CAST(SUM(CASE WHEN above AND place <= 10 THEN closing ELSE 0 END) AS DECIMAL(38,0)) AS ten_largest,
  COUNT(CASE WHEN dormant THEN 1 END) AS dormant,
  CAST(SUM(CASE WHEN dormant THEN closing ELSE 0 END) AS DECIMAL(38,0)) AS dormant_amount,
  COUNT(CASE WHEN inactive THEN 1 END) AS inactive,
  CAST(SUM(CASE WHEN inactive THEN closing ELSE 0 END) AS DECIMAL(38,0)) AS inactive_amount
FROM ranked
GROUP BY currency
ORDER BY currency
