-- Count, sum and absolute sum of every currency, over rows of any status.
SELECT
    currency,
    count(*) AS transactions,
    CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS amount,
    CAST(SUM(abs(CAST(amount AS DECIMAL(38, 0)))) AS DECIMAL(38, 0)) AS absolute_amount
FROM transactions
GROUP BY currency
ORDER BY currency
