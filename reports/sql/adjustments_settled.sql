-- The month's settled adjustments, by currency.
SELECT currency, COUNT(*) AS transactions, CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS amount
FROM adjustment_flags
WHERE settled
GROUP BY currency
ORDER BY currency
