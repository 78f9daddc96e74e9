-- What escrow holds outside of any wallet, by currency: when the period ends, and when the month before did.
SELECT
  currency,
  CAST(SUM(CASE WHEN month <= this_month THEN amount ELSE 0 END) AS DECIMAL(38,0)) AS escrow,
  CAST(SUM(CASE WHEN month < this_month THEN amount ELSE 0 END) AS DECIMAL(38,0)) AS escrow_before
FROM open_escrow
CROSS JOIN (SELECT strftime(first_day, '%Y-%m') AS this_month FROM ledger) AS asked
GROUP BY currency
ORDER BY currency
