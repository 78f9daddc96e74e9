-- How the balances of each currency went from one month's end to the next, and how many of them do not add up.
WITH moved AS (
  SELECT wallet_key, currency, CAST(SUM(CAST(amount AS DECIMAL(38,0))) AS DECIMAL(38,0)) AS amount
  FROM transactions
  WHERE settled
  GROUP BY wallet_key, currency
),
taken_over AS (
  SELECT wallet_key, currency, SUM(opening) AS amount
  FROM wallets
  WHERE opening IS NOT NULL
  GROUP BY wallet_key, currency
),
balances AS (
  SELECT
    COALESCE(closings.currency, closings_before.currency, moved.currency) AS currency,
    closings.wallet_key AS now_key,
    closings_before.wallet_key AS before_key,
    moved.wallet_key AS moved_key,
    COALESCE(closings_before.closing, taken_over.amount, 0) AS expected,
    closings.opening,
    COALESCE(closings.movement, 0) AS movement,
    closings.closing,
    COALESCE(moved.amount, 0) AS moved
  FROM closings
  FULL JOIN closings_before
    ON closings_before.wallet_key = closings.wallet_key AND closings_before.currency = closings.currency
  FULL JOIN moved
    ON moved.wallet_key = COALESCE(closings.wallet_key, closings_before.wallet_key)
    AND moved.currency = COALESCE(closings.currency, closings_before.currency)
  LEFT JOIN taken_over
    ON taken_over.wallet_key = closings.wallet_key AND taken_over.currency = closings.currency
)
SELECT
  currency,
  COUNT(before_key) AS opening,
  COUNT(CASE WHEN before_key IS NULL THEN now_key END) AS opened,
  COUNT(CASE WHEN now_key IS NULL THEN before_key END) AS gone,
  COUNT(now_key) AS closing,
  COUNT(CASE WHEN now_key IS NOT NULL THEN moved_key END) AS moved,
  COUNT(CASE WHEN opening + movement <> closing THEN 1 END) AS not_footing,
  COUNT(CASE WHEN now_key IS NOT NULL AND opening <> expected THEN 1 END) AS not_continuing,
  COUNT(CASE WHEN movement <> moved THEN 1 END) AS not_moved_so
FROM balances
GROUP BY currency
ORDER BY currency
