-- Where the source's own balance after a row stops being the ledger's: the first row, how many, and their likeness.
WITH instants AS (
    SELECT entries.parting_key, entries.created_at, MIN(entries.place) AS first_place, MAX(entries.place) AS last_place,
        CASE WHEN bool_or(entries.running_balance = partings.opening + entries.running) THEN 0
            ELSE CAST(arg_max(entries.running_balance, entries.place) AS DECIMAL(38, 0))
                - MAX(partings.opening + entries.running)
        END AS gap,
        CAST(arg_max(entries.amount, entries.place) AS DECIMAL(38, 0)) AS amount,
        arg_max(entries.settled, entries.place) AS settled
    FROM entries
    INNER JOIN partings ON partings.parting_key = entries.parting_key
    WHERE partings.stored <> 'cache'
    GROUP BY entries.parting_key, entries.created_at
    HAVING COUNT(entries.running_balance) > 0
),
steps AS (
    SELECT parting_key, created_at, last_place, gap, amount, settled,
        gap - lag(gap, 1, 0) OVER balance AS step,
        lag(last_place, 1, 0) OVER balance + 1 AS parted_from
    FROM instants
    WINDOW balance AS (PARTITION BY parting_key ORDER BY created_at)
),
told AS (
    SELECT parting_key, created_at, parted_from, last_place, step,
        CASE
            WHEN parted_from < last_place THEN 'applied_otherwise'
            WHEN settled AND step = -amount THEN 'missed_apply'
            WHEN settled AND step = amount THEN 'double_apply'
            WHEN settled AND step = -2 * amount THEN 'sign_lost'
            WHEN NOT settled AND step = amount THEN 'unsettled_counted'
            ELSE 'applied_otherwise'
        END AS cause
    FROM steps
    WHERE step <> 0
),
ends AS (
    SELECT parting_key, arg_max(gap, created_at) AS gap FROM steps GROUP BY parting_key
)
SELECT told.parting_key, 'running balances' AS evidence,
    arg_min(told.parted_from, told.created_at) AS parted_from,
    arg_min(told.last_place, told.created_at) AS parted_to,
    false AS without_row,
    MIN(told.created_at) AS parted_at,
    COUNT(*) AS parted,
    CAST(arg_min(told.step, told.created_at) AS DECIMAL(38, 0)) AS first_gap,
    CASE WHEN MIN(told.cause) = MAX(told.cause) THEN MIN(told.cause) ELSE 'applied_otherwise' END AS cause,
    ends.gap = partings.drift AS explains
FROM told
INNER JOIN ends ON ends.parting_key = told.parting_key
INNER JOIN partings ON partings.parting_key = told.parting_key
GROUP BY told.parting_key, ends.gap, partings.drift
ORDER BY told.parting_key
