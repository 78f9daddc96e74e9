-- How many amounts of each population and currency are whole hundreds of major units.
SELECT transactions.currency,
  CASE WHEN kind = 'ADJUSTMENT' THEN 'adjustments' ELSE 'deposits and withdrawals' END AS population,
  COUNT(*) AS transactions,
  COUNT(*) FILTER (WHERE amount % CAST('1' || repeat('0', currencies.decimals + 2) AS HUGEINT) = 0) AS round
FROM transactions
INNER JOIN currencies ON currencies.currency = transactions.currency
WHERE settled AND kind IN ('DEPOSIT', 'WITHDRAWAL', 'ADJUSTMENT')
GROUP BY ALL
ORDER BY transactions.currency, population
