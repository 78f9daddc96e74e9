-- In no five minutes of the last 7 days did over 5 % of 20 or more attempts fail.
WITH bounds AS (
    SELECT epoch_us(cut_at) AS cut_us FROM source_cut
),
recent AS (
    SELECT epoch_us(attempts.attempted_at) AS attempted_us, CASE WHEN attempts.failed THEN 1 ELSE 0 END AS failure
    FROM attempts
    CROSS JOIN bounds
    WHERE epoch_us(attempts.attempted_at) > bounds.cut_us - 604800000000
        AND epoch_us(attempts.attempted_at) <= bounds.cut_us
),
minutes AS (
    SELECT attempted_us // 60000000 AS minute, COUNT(*) AS attempts, SUM(failure) AS failures
    FROM recent
    GROUP BY minute
),
suspects AS (
    SELECT minute
    FROM (
        SELECT minute,
            SUM(failures) OVER (ORDER BY minute RANGE BETWEEN 5 PRECEDING AND CURRENT ROW) AS failures,
            SUM(attempts) OVER (ORDER BY minute RANGE BETWEEN 4 PRECEDING AND 1 PRECEDING) AS attempts_within
        FROM minutes
    ) AS around
    WHERE failures >= 2 AND 100 * failures > 5 * COALESCE(attempts_within, 0)
),
windows AS (
    SELECT attempted_us,
        COUNT(*) OVER (ORDER BY attempted_us RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW) AS attempts,
        SUM(failure) OVER (ORDER BY attempted_us RANGE BETWEEN 299999999 PRECEDING AND CURRENT ROW) AS failed
    FROM recent
    WHERE attempted_us // 60000000 IN (
        SELECT minute + UNNEST(range(-5, 1)) FROM suspects
    )
),
bad AS (
    SELECT attempted_us, attempts, failed,
        CASE WHEN attempted_us - LAG(attempted_us) OVER (ORDER BY attempted_us) < 300000000 THEN 0 ELSE 1 END AS begins
    FROM (SELECT DISTINCT attempted_us, attempts, failed FROM windows) AS distinct_windows
    WHERE attempts >= 20 AND 100 * failed > 5 * attempts
        AND attempted_us // 60000000 IN (SELECT minute FROM suspects)
),
incidents AS (
    SELECT attempted_us, attempts, failed, SUM(begins) OVER (ORDER BY attempted_us) AS incident
    FROM bad
),
ranked AS (
    SELECT attempted_us, attempts, failed,
        MIN(attempted_us) OVER (PARTITION BY incident) AS first_us,
        MAX(attempted_us) OVER (PARTITION BY incident) AS last_us,
        ROW_NUMBER() OVER (
            PARTITION BY incident ORDER BY 1000000 * failed // attempts DESC, failed DESC, attempted_us
        ) AS place
    FROM incidents
)
SELECT make_timestamptz(attempted_us) AS window_end, attempts, CAST(failed AS BIGINT) AS failed,
    attempts // 20 AS allowed, make_timestamptz(first_us) AS first_window_end,
    make_timestamptz(last_us) AS last_window_end
FROM ranked
WHERE place = 1
ORDER BY 1000000 * failed // attempts DESC, failed DESC, window_end
