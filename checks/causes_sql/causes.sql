-- The cause of every stored balance that is not what it should be: the strongest evidence decides, and is told.
WITH row_fits AS (
    SELECT fits_of_rows.parting_key, fits_of_rows.cause, fits_of_rows.rank, fits_of_rows.place,
        entries.transaction_id, entries.amount, entries.created_at, entries.kind, entries.created_by,
        NULL AS row_currency
    FROM fits_of_rows
    INNER JOIN entries ON entries.parting_key = fits_of_rows.parting_key AND entries.place = fits_of_rows.place
    UNION ALL
    SELECT parting_key, 'other_currency' AS cause, 35 AS rank, NULL AS place, transaction_id, amount, created_at,
        NULL AS kind, created_by, row_currency
    FROM fits_of_other_currencies
),
placed AS (
    SELECT row_fits.parting_key, row_fits.cause, row_fits.place, row_fits.transaction_id, row_fits.amount,
        row_fits.created_at, row_fits.kind, row_fits.created_by, row_fits.row_currency,
        COALESCE(row_fits.place BETWEEN divergences.parted_from AND divergences.parted_to, false) AS in_window,
        CASE
            WHEN row_fits.place = by_updates.parted_from AND by_updates.window_rows = 1
                AND row_fits.cause = 'missed_apply' THEN 24
            WHEN row_fits.rank > 30 AND row_fits.place BETWEEN divergences.parted_from AND divergences.parted_to THEN 30
            ELSE row_fits.rank
        END AS rank
    FROM row_fits
    LEFT JOIN divergences ON divergences.parting_key = row_fits.parting_key
    LEFT JOIN by_updates ON by_updates.parting_key = row_fits.parting_key
),
single AS (
    SELECT DISTINCT ON (parting_key) parting_key, cause, rank, transaction_id, amount, created_at, kind, created_by,
        row_currency,
        CASE
            WHEN rank = 24 THEN 1
            WHEN in_window THEN COUNT(*) FILTER (WHERE in_window) OVER (PARTITION BY parting_key)
            ELSE COUNT(*) OVER (PARTITION BY parting_key)
        END AS candidates
    FROM placed
    ORDER BY parting_key, NOT in_window, rank, place, transaction_id
),
every AS (
    SELECT parting_key, cause, rank, transaction_id, amount, created_at, kind, created_by, row_currency, candidates,
        1 AS rows,
        NULL AS since, NULL AS rows_of
    FROM single
    UNION ALL
    SELECT fits.parting_key, fits.cause, fits.rank, entries.transaction_id, entries.amount, entries.created_at,
        entries.kind, entries.created_by, NULL AS row_currency, fits.candidates, fits.rows, fits.since, fits.rows_of
    FROM (
        SELECT parting_key, cause, rank, place, candidates, rows, since, NULL AS rows_of FROM fits_of_structure
        UNION ALL
        SELECT parting_key, cause, rank, place, candidates, rows, since, NULL AS rows_of FROM fits_of_ends
        UNION ALL
        SELECT parting_key, cause, rank, place, candidates, rows, since, NULL AS rows_of FROM fits_of_parted
        UNION ALL
        SELECT parting_key, 'stale' AS cause, 24 AS rank, NULL AS place, 1 AS candidates, window_rows AS rows,
            window_from AS since,
            NULL AS rows_of
        FROM by_updates
        WHERE window_rows > 1
        UNION ALL
        SELECT parting_key, cause, rank, place, candidates, rows, NULL AS since, rows_of FROM fits_of_sets
    ) AS fits
    LEFT JOIN entries ON entries.parting_key = fits.parting_key AND entries.place = fits.place
),
best AS (
    SELECT DISTINCT ON (parting_key) parting_key, cause, rank, transaction_id, amount, created_at, kind, created_by,
        row_currency, candidates, rows, since, rows_of,
        list_sort(list_distinct(list(cause) OVER (PARTITION BY parting_key))) AS fitting
    FROM every
    ORDER BY parting_key, rank, cause, rows_of
)
SELECT
    partings.stored, partings.wallet_id, partings.user_id, partings.currency,
    partings.expected, partings.recorded, partings.drift,
    COALESCE(best.cause, CASE WHEN partings.looked_at THEN 'unexplained' ELSE 'not_looked_for' END) AS cause,
    CASE
        WHEN best.cause = 'sign_lost' AND (
            (best.amount > 0 AND kinds.sign = 'debit') OR (best.amount < 0 AND kinds.sign = 'credit')
        ) THEN 'ledger'
        ELSE partings.stored
    END AS layer,
    CASE
        WHEN best.rank = 10 THEN 'commits'
        WHEN best.rank = 12 THEN 'running balances'
        WHEN best.rank < 30 THEN 'figures'
        WHEN best.rank = 30 THEN 'window'
        WHEN best.rank IS NOT NULL THEN 'arithmetic'
        ELSE 'none'
    END AS evidence,
    best.transaction_id,
    best.amount AS transaction_amount,
    best.created_at AS transaction_at,
    best.row_currency AS transaction_currency,
    best.created_by AS transaction_by,
    COALESCE(best.candidates, 0) AS candidates,
    COALESCE(best.rows, 0) AS rows,
    best.since,
    best.rows_of,
    NULLIF(array_to_string(list_filter(best.fitting, lambda other: other <> best.cause), ', '), '') AS fitting,
    CASE WHEN partings.looked_at THEN COALESCE(divergences.evidence, 'none') ELSE 'not looked for' END AS parted_by,
    COALESCE(divergences.exact, false) AS exact,
    COALESCE(divergences.window_rows, whole.row_count) AS window_rows,
    COALESCE(divergences.window_from, CASE WHEN divergences.evidence IS NULL THEN whole.first_at END) AS window_from,
    divergences.window_to,
    first_row.transaction_id AS parted_transaction_id,
    first_row.amount AS parted_amount,
    first_row.created_at AS parted_created_at,
    parted.first_gap AS parted_by_amount,
    parted.parted
FROM partings
LEFT JOIN best ON best.parting_key = partings.parting_key
LEFT JOIN kinds ON kinds.kind = best.kind
LEFT JOIN divergences ON divergences.parting_key = partings.parting_key
LEFT JOIN parted ON parted.parting_key = divergences.parting_key AND parted.evidence = divergences.evidence
LEFT JOIN entries AS first_row
    ON first_row.parting_key = divergences.parting_key AND first_row.place = divergences.parted_from
LEFT JOIN (
    SELECT parting_key, COUNT(*) AS row_count, MIN(created_at) AS first_at FROM entries GROUP BY parting_key
) AS whole ON whole.parting_key = partings.parting_key
ORDER BY partings.parting_key
