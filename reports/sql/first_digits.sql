-- How many amounts of a population begin with which two digits; 0 stands for amounts that have no second one.
SELECT currency, population, digits, CAST(SUM(transactions) AS BIGINT) AS transactions
FROM (
  SELECT currency, population, transactions,
    CASE WHEN size < 10 THEN 0 ELSE CAST(left(CAST(size AS VARCHAR), 2) AS BIGINT) END AS digits
  FROM (
    SELECT currency,
      CASE WHEN kind = 'ADJUSTMENT' THEN 'adjustments' ELSE 'deposits and withdrawals' END AS population,
      abs(CAST(amount AS HUGEINT)) AS size, COUNT(*) AS transactions
    FROM transactions
    WHERE settled AND kind IN ('DEPOSIT', 'WITHDRAWAL', 'ADJUSTMENT')
    GROUP BY ALL
  ) AS sizes
) AS begun
GROUP BY currency, population, digits
ORDER BY currency, population, digits
