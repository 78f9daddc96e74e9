-- Rows and gross of each currency in each hour on the clock of the zone, 17 weeks back from the cut, empty hours too.
WITH bounds AS (
    SELECT asked.zone, source_cut.cut_at,
        epoch_us(timezone(asked.zone, source_cut.cut_at)) // 3600000000 AS cut_hour
    FROM source_cut CROSS JOIN asked
),
quarters AS (
    SELECT currency, epoch_us(created_at) // 900000000 AS quarter, COUNT(*) AS transactions,
        SUM(ABS(CAST(amount AS HUGEINT))) AS gross
    FROM transactions
    WHERE created_at >= (SELECT cut_at - INTERVAL '120 days' FROM bounds)
        AND created_at < (SELECT cut_at FROM bounds)
    GROUP BY currency, quarter
),
placed AS (
    SELECT quarters.currency, quarters.transactions, quarters.gross, bounds.cut_hour, bounds.zone,
        epoch_us(timezone(bounds.zone, make_timestamptz(quarters.quarter * 900000000))) // 3600000000 AS hour
    FROM quarters CROSS JOIN bounds
),
moved AS (
    SELECT currency, hour, cut_hour, zone, SUM(transactions) AS transactions, SUM(gross) AS gross
    FROM placed
    WHERE hour < cut_hour AND hour >= cut_hour - 17 * 168
    GROUP BY currency, hour, cut_hour, zone
),
hours AS (
    SELECT currency, cut_hour, zone, UNNEST(range(MIN(hour), cut_hour)) AS hour
    FROM moved
    GROUP BY currency, cut_hour, zone
)
SELECT
    hours.currency,
    (hours.cut_hour - 1 - hours.hour) // 168 AS week,
    hours.hour % 168 AS slot,
    timezone(hours.zone, make_timestamp(hours.hour * 3600000000)) AS hour_at,
    COALESCE(moved.transactions, 0) AS transactions,
    COALESCE(moved.gross, 0) AS gross
FROM hours
LEFT JOIN moved ON moved.currency = hours.currency AND moved.hour = hours.hour
ORDER BY hours.currency, hours.hour
