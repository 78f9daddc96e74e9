-- A reconciliation ended within the interval in which one is expected, at any time of the last 7 days.
WITH instants AS (
    SELECT ended_second AS second, ended_at AS instant FROM run_history WHERE succeeded
    UNION ALL
    SELECT asked_second AS second, asked_at AS instant FROM asked
),
gaps AS (
    SELECT LAG(instant) OVER (ORDER BY second) AS since_at, instant AS until_at, second,
        second - LAG(second) OVER (ORDER BY second) AS seconds
    FROM instants
)
SELECT gaps.since_at, gaps.until_at, gaps.seconds // 60 AS minutes, settings.expected_interval_minutes AS expected
FROM gaps
CROSS JOIN settings
CROSS JOIN asked
WHERE settings.expected_interval_minutes > 0
    AND gaps.seconds > 60 * settings.expected_interval_minutes
    AND gaps.second > asked.asked_second - 604800
ORDER BY minutes DESC, until_at
