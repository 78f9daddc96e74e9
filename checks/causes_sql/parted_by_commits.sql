-- Where commits moved ledger and projection apart: the first one, how many, and what they have in common.
WITH wanted AS (
    SELECT parting_key, wallet_key, currency FROM partings WHERE stored = 'projection'
),
moved AS (
    SELECT entries.parting_key, entries.commit_ns,
        SUM(CASE WHEN entries.settled THEN CAST(entries.amount AS HUGEINT) ELSE 0 END) AS ledger_change,
        COUNT(*) AS entry_rows, MIN(entries.place) AS first_place, MAX(entries.place) AS last_place,
        MIN(CAST(entries.amount AS HUGEINT)) AS amount, bool_and(entries.settled) AS settled
    FROM entries
    INNER JOIN wanted ON wanted.parting_key = entries.parting_key
    CROSS JOIN source_cut
    WHERE entries.commit_ns > source_cut.commits_after_ns
    GROUP BY entries.parting_key, entries.commit_ns
),
revised AS (
    SELECT wanted.parting_key, projection_revisions.commit_ns,
        SUM(CAST(projection_revisions.change AS HUGEINT)) AS recorded_change
    FROM projection_revisions
    INNER JOIN wanted
        ON wanted.wallet_key = projection_revisions.wallet_key AND wanted.currency = projection_revisions.currency
    CROSS JOIN source_cut
    WHERE projection_revisions.commit_ns > source_cut.commits_after_ns
    GROUP BY wanted.parting_key, projection_revisions.commit_ns
),
gaps AS (
    SELECT COALESCE(moved.parting_key, revised.parting_key) AS parting_key,
        COALESCE(moved.commit_ns, revised.commit_ns) AS commit_ns,
        COALESCE(revised.recorded_change, 0) - COALESCE(moved.ledger_change, 0) AS gap,
        COALESCE(moved.entry_rows, 0) AS entry_rows, moved.first_place, moved.last_place, moved.amount, moved.settled
    FROM moved
    FULL OUTER JOIN revised ON revised.parting_key = moved.parting_key AND revised.commit_ns = moved.commit_ns
),
told AS (
    SELECT parting_key, commit_ns, gap, first_place, last_place,
        CASE
            WHEN entry_rows = 0 THEN 'overwritten'
            WHEN entry_rows > 1 THEN 'applied_otherwise'
            WHEN settled AND gap = -amount THEN 'missed_apply'
            WHEN settled AND gap = amount THEN 'double_apply'
            WHEN settled AND gap = -2 * amount THEN 'sign_lost'
            WHEN NOT settled AND gap = amount THEN 'unsettled_counted'
            ELSE 'applied_otherwise'
        END AS cause
    FROM gaps
    WHERE gap <> 0
)
SELECT told.parting_key, 'commits' AS evidence,
    arg_min(told.first_place, told.commit_ns) FILTER (WHERE told.first_place IS NOT NULL) AS parted_from,
    arg_min(told.last_place, told.commit_ns) FILTER (WHERE told.last_place IS NOT NULL) AS parted_to,
    arg_min(told.cause, told.commit_ns) = 'overwritten' AS without_row,
    make_timestamptz(MIN(told.commit_ns) // 1000) AS parted_at,
    COUNT(*) AS parted,
    CAST(arg_min(told.gap, told.commit_ns) AS DECIMAL(38, 0)) AS first_gap,
    CASE WHEN MIN(told.cause) = MAX(told.cause) THEN MIN(told.cause) ELSE 'applied_otherwise' END AS cause,
    true AS explains
FROM told
INNER JOIN partings ON partings.parting_key = told.parting_key
GROUP BY told.parting_key, partings.drift
HAVING SUM(told.gap) = partings.drift
ORDER BY told.parting_key
