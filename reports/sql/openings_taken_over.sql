-- Opening balances that the source names, of balances that appear for the first time in the month.
SELECT closings.currency, CAST(SUM(wallets.opening) AS DECIMAL(38,0)) AS amount
FROM closings
JOIN wallets ON wallets.wallet_key = closings.wallet_key AND wallets.currency = closings.currency
LEFT JOIN closings_before
  ON closings_before.wallet_key = closings.wallet_key AND closings_before.currency = closings.currency
WHERE closings_before.wallet_key IS NULL AND wallets.opening IS NOT NULL
GROUP BY closings.currency
ORDER BY closings.currency
