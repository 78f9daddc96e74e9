-- The lowest point of each balance's settled movements within a month; rows of one instant count together.
SELECT wallet_key, currency, MIN(running) AS lowest_movement
FROM (
    SELECT
        wallet_key,
        currency,
        SUM(CAST(amount AS DECIMAL(38, 0))) OVER (
            PARTITION BY wallet_key, currency
            ORDER BY created_at NULLS FIRST
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS running
    FROM transactions
    WHERE settled
) AS instants
GROUP BY wallet_key, currency
