-- How long after their creation the rows of each hour were committed, nearest-rank p95, 21 days back from the cut.
WITH bounds AS (
    SELECT epoch_us(cut_at) * 1000 AS cut_ns, epoch_us(cut_at) // 3600000000 AS cut_hour FROM source_cut
),
placed AS (
    SELECT commit_ns // 3600000000000 AS hour, commit_ns // 1000 - epoch_us(created_at) AS latency,
        ROW_NUMBER() OVER (
            PARTITION BY commit_ns // 3600000000000 ORDER BY commit_ns // 1000 - epoch_us(created_at)
        ) AS place,
        COUNT(*) OVER (PARTITION BY commit_ns // 3600000000000) AS commits
    FROM transactions
    WHERE commit_ns < (SELECT cut_hour * 3600000000000 FROM bounds)
        AND commit_ns >= (SELECT (cut_hour - 21 * 24) * 3600000000000 FROM bounds)
)
SELECT
    placed.hour,
    make_timestamptz(placed.hour * 3600000000) AS hour_at,
    placed.hour >= bounds.cut_hour - 168 AS tested,
    placed.commits,
    MIN(placed.latency) AS p95_us
FROM placed CROSS JOIN bounds
WHERE 100 * placed.place >= 95 * placed.commits
GROUP BY placed.hour, bounds.cut_hour, placed.commits
ORDER BY placed.hour
