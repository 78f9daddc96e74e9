-- The lowest point of each balance's settled movements within a month, and its instants; rows of one count together.
SELECT wallet_key, currency, MIN(running) AS lowest_movement, COUNT(*) AS instants
FROM (
    SELECT
        wallet_key,
        currency,
        SUM(change) OVER (
            PARTITION BY wallet_key, currency
            ORDER BY created_at NULLS FIRST
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS running
    FROM (
        SELECT wallet_key, currency, created_at, SUM(CAST(amount AS DECIMAL(38, 0))) AS change
        FROM transactions
        WHERE settled
        GROUP BY wallet_key, currency, created_at
    ) AS instants
) AS totals
GROUP BY wallet_key, currency
