-- The amounts that come most often in each population and currency, up to ten.
SELECT currency, population, size, transactions
FROM (
  SELECT currency,
    CASE WHEN kind = 'ADJUSTMENT' THEN 'adjustments' ELSE 'deposits and withdrawals' END AS population,
    abs(CAST(amount AS HUGEINT)) AS size, COUNT(*) AS transactions
  FROM transactions
  WHERE settled AND kind IN ('DEPOSIT', 'WITHDRAWAL', 'ADJUSTMENT')
  GROUP BY ALL
  HAVING COUNT(*) > 1
) AS sizes
QUALIFY ROW_NUMBER() OVER (PARTITION BY currency, population ORDER BY transactions DESC, size DESC) <= 10
ORDER BY currency, population, transactions DESC, size DESC
