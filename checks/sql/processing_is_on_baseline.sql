-- In no hour of the last 7 days was the p95 of processing over twice the median of the 7 days before that hour.
WITH busy AS (
    SELECT hour, hour_at, tested, commits, p95_us
    FROM hourly_latencies
    WHERE commits >= 20
),
paired AS (
    SELECT present.hour, earlier.hour AS earlier_hour, earlier.p95_us
    FROM busy AS present
    CROSS JOIN busy AS earlier
    WHERE earlier.hour < present.hour AND present.hour - earlier.hour <= 168
),
ranked AS (
    SELECT hour, p95_us, COUNT(*) OVER (PARTITION BY hour) AS hours,
        ROW_NUMBER() OVER (PARTITION BY hour ORDER BY p95_us) AS place
    FROM paired
),
medians AS (
    SELECT hour,
        MAX(CASE WHEN 2 * place = hours OR 2 * place = hours + 1 THEN p95_us END) AS lower_us,
        MAX(CASE WHEN 2 * place = hours + 1 OR 2 * place = hours + 2 THEN p95_us END) AS upper_us
    FROM ranked
    WHERE hours >= 24
    GROUP BY hour
),
incidents AS (
    SELECT busy.hour
    FROM busy
    INNER JOIN medians ON medians.hour = busy.hour
    WHERE busy.p95_us > 0 AND busy.p95_us > medians.lower_us + medians.upper_us
),
ranked_again AS (
    SELECT paired.hour, paired.p95_us, COUNT(*) OVER (PARTITION BY paired.hour) AS hours,
        ROW_NUMBER() OVER (PARTITION BY paired.hour ORDER BY paired.p95_us) AS place
    FROM paired
    LEFT JOIN incidents ON incidents.hour = paired.earlier_hour
    WHERE incidents.hour IS NULL
),
normal AS (
    SELECT hour,
        MAX(CASE WHEN 2 * place = hours OR 2 * place = hours + 1 THEN p95_us END) AS lower_us,
        MAX(CASE WHEN 2 * place = hours + 1 OR 2 * place = hours + 2 THEN p95_us END) AS upper_us
    FROM ranked_again
    WHERE hours >= 24
    GROUP BY hour
)
SELECT busy.hour_at, busy.commits, busy.p95_us, normal.lower_us AS normal_us,
    busy.p95_us - normal.lower_us AS excess_us
FROM busy
INNER JOIN normal ON normal.hour = busy.hour
WHERE busy.tested AND busy.p95_us > 0 AND busy.p95_us > normal.lower_us + normal.upper_us
ORDER BY excess_us DESC, busy.hour_at
