-- Causes that the figures of a balance show by themselves, without a search among its rows.
WITH unsettled AS (
    SELECT parting_key, COUNT(*) AS unsettled_rows, MIN(place) AS place
    FROM entries
    WHERE NOT settled
    GROUP BY parting_key
),
known AS (
    SELECT partings.parting_key, partings.copies, partings.recorded, partings.expected, partings.expected_all,
        partings.opening, partings.drift, partings.scale, partings.updated_at, partings.transactions,
        unsettled.unsettled_rows, unsettled.place, last_row.last_at, last_row.rows_known
    FROM partings
    LEFT JOIN unsettled ON unsettled.parting_key = partings.parting_key
    LEFT JOIN (
        SELECT parting_key, MAX(created_at) AS last_at, COUNT(*) AS rows_known FROM entries GROUP BY parting_key
    ) AS last_row ON last_row.parting_key = partings.parting_key
)
SELECT parting_key, 'never_created' AS cause, 20 AS rank, NULL AS place, 1 AS candidates, rows_known AS rows,
    NULL AS since
FROM known
WHERE copies = 0
UNION ALL
SELECT parting_key, 'written_twice' AS cause, 21 AS rank, NULL AS place, 1 AS candidates, copies AS rows, NULL AS since
FROM known
WHERE copies > 1
UNION ALL
SELECT parting_key, 'without_ledger' AS cause, 22 AS rank, NULL AS place, 1 AS candidates, 0 AS rows, NULL AS since
FROM known
WHERE copies > 0 AND transactions = 0 AND rows_known IS NULL AND opening = 0
UNION ALL
SELECT parting_key, 'unsettled_counted' AS cause, 25 AS rank,
    CASE WHEN unsettled_rows = 1 THEN place END AS place, 1 AS candidates, unsettled_rows AS rows, NULL AS since
FROM known
WHERE copies > 0 AND recorded = expected_all AND expected_all <> expected
UNION ALL
SELECT parting_key, 'opening_missing' AS cause, 26 AS rank, NULL AS place, 1 AS candidates, 0 AS rows, NULL AS since
FROM known
WHERE copies > 0 AND opening <> 0 AND drift = -opening
UNION ALL
SELECT parting_key, 'units_mixed' AS cause, 27 AS rank, NULL AS place, 1 AS candidates, 0 AS rows, NULL AS since
FROM known
WHERE copies > 0 AND scale > 1 AND recorded <> 0 AND expected <> 0 AND (
    (CAST(recorded AS HUGEINT) % scale = 0 AND CAST(recorded AS HUGEINT) // scale = CAST(expected AS HUGEINT))
    OR (CAST(expected AS HUGEINT) % scale = 0 AND CAST(expected AS HUGEINT) // scale = CAST(recorded AS HUGEINT))
)
UNION ALL
SELECT parting_key, 'overwritten' AS cause, 45 AS rank, NULL AS place, 1 AS candidates, 0 AS rows, updated_at AS since
FROM known
CROSS JOIN settings
WHERE copies = 1 AND updated_at > last_at + to_seconds(settings.freshness_seconds)
