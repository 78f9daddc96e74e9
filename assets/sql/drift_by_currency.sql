-- Drifting balances of each currency: how many of how many, gross, net, and the largest with its sign.
SELECT
    currency,
    CAST(COUNT(*) FILTER (WHERE drift <> 0) AS BIGINT) AS balances,
    COUNT(*) AS compared,
    CAST(SUM(ABS(drift)) AS DECIMAL(38, 0)) AS gross,
    CAST(SUM(drift) AS DECIMAL(38, 0)) AS net,
    CASE WHEN MAX(drift) >= -MIN(drift) THEN MAX(drift) ELSE MIN(drift) END AS largest
FROM drift
WHERE drift IS NOT NULL
GROUP BY currency
ORDER BY currency
