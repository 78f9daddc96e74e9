-- In no hour of the last 7 days were count or gross over 3 times the median of that hour of the week in 8 weeks before.
WITH measured AS (
    SELECT 'count' AS measure, currency, slot, week, transactions, CAST(transactions AS DECIMAL(38, 0)) AS volume
    FROM hourly_volumes
    UNION ALL
    SELECT 'gross' AS measure, currency, slot, week, transactions, gross AS volume
    FROM hourly_volumes
),
paired AS (
    SELECT present.measure, present.currency, present.slot, present.week, earlier.week AS earlier_week, earlier.volume
    FROM measured AS present
    INNER JOIN measured AS earlier
        ON earlier.measure = present.measure AND earlier.currency = present.currency AND earlier.slot = present.slot
    WHERE present.transactions >= 20 AND earlier.week > present.week AND earlier.week - present.week <= 8
),
ranked AS (
    SELECT measure, currency, slot, week, volume,
        COUNT(*) OVER (PARTITION BY measure, currency, slot, week) AS weeks,
        ROW_NUMBER() OVER (PARTITION BY measure, currency, slot, week ORDER BY volume) AS place
    FROM paired
),
medians AS (
    SELECT measure, currency, slot, week,
        MAX(CASE WHEN 2 * place = weeks OR 2 * place = weeks + 1 THEN volume END) AS lower_middle,
        MAX(CASE WHEN 2 * place = weeks + 1 OR 2 * place = weeks + 2 THEN volume END) AS upper_middle
    FROM ranked
    WHERE weeks >= 4
    GROUP BY measure, currency, slot, week
),
incidents AS (
    SELECT measured.measure, measured.currency, measured.slot, measured.week AS incident_week
    FROM measured
    INNER JOIN medians
        ON medians.measure = measured.measure AND medians.currency = measured.currency
        AND medians.slot = measured.slot AND medians.week = measured.week
    WHERE 2 * measured.volume > 3 * (medians.lower_middle + medians.upper_middle)
),
ranked_again AS (
    SELECT paired.measure, paired.currency, paired.slot, paired.volume,
        COUNT(*) OVER (PARTITION BY paired.measure, paired.currency, paired.slot) AS weeks,
        ROW_NUMBER() OVER (
            PARTITION BY paired.measure, paired.currency, paired.slot ORDER BY paired.volume
        ) AS place
    FROM paired
    LEFT JOIN incidents
        ON incidents.measure = paired.measure AND incidents.currency = paired.currency
        AND incidents.slot = paired.slot AND incidents.incident_week = paired.earlier_week
    WHERE paired.week = 0 AND incidents.incident_week IS NULL
),
normal AS (
    SELECT measure, currency, slot,
        MAX(CASE WHEN 2 * place = weeks OR 2 * place = weeks + 1 THEN volume END) AS lower_middle,
        MAX(CASE WHEN 2 * place = weeks + 1 OR 2 * place = weeks + 2 THEN volume END) AS upper_middle
    FROM ranked_again
    WHERE weeks >= 4
    GROUP BY measure, currency, slot
),
compared AS (
    SELECT hourly_volumes.hour_at, hourly_volumes.currency, hourly_volumes.transactions, hourly_volumes.gross,
        counts.lower_middle AS normal_transactions, amounts.lower_middle AS normal_gross,
        counts.lower_middle + counts.upper_middle AS twice_the_count,
        amounts.lower_middle + amounts.upper_middle AS twice_the_gross
    FROM hourly_volumes
    LEFT JOIN (SELECT currency, slot, lower_middle, upper_middle FROM normal WHERE measure = 'count') AS counts
        ON counts.currency = hourly_volumes.currency AND counts.slot = hourly_volumes.slot
    LEFT JOIN (SELECT currency, slot, lower_middle, upper_middle FROM normal WHERE measure = 'gross') AS amounts
        ON amounts.currency = hourly_volumes.currency AND amounts.slot = hourly_volumes.slot
    WHERE hourly_volumes.week = 0 AND hourly_volumes.transactions >= 20
)
SELECT hour_at, currency, transactions, gross, CAST(normal_transactions AS BIGINT) AS normal_transactions, normal_gross
FROM compared
WHERE 2 * transactions > 3 * twice_the_count OR 2 * gross > 3 * twice_the_gross
ORDER BY hour_at, currency
