-- Stored balances that are an earlier balance of the ledger: all rows after that instant are missing.
WITH ends AS (
    SELECT parting_key, MAX(running) AS running_at_end, MAX(settled_rows) AS settled_rows
    FROM (SELECT parting_key, arg_max(running, place) AS running, MAX(settled_rows) AS settled_rows
        FROM entries GROUP BY parting_key) AS last_rows
    GROUP BY parting_key
),
earlier AS (
    SELECT DISTINCT entries.parting_key, entries.created_at, entries.running, entries.settled_rows
    FROM entries
    UNION ALL
    SELECT parting_key, NULL AS created_at, 0 AS running, 0 AS settled_rows FROM ends
)
SELECT earlier.parting_key, 'stale' AS cause, 40 AS rank, NULL AS place, COUNT(*) AS candidates,
    MIN(ends.settled_rows - earlier.settled_rows) AS rows, MAX(earlier.created_at) AS since
FROM earlier
INNER JOIN ends ON ends.parting_key = earlier.parting_key
INNER JOIN partings ON partings.parting_key = earlier.parting_key
WHERE partings.copies > 0
    AND partings.drift <> 0
    AND ends.settled_rows - earlier.settled_rows >= 2
    AND ends.running_at_end - earlier.running = -partings.drift
GROUP BY earlier.parting_key
