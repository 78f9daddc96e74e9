-- The first row after which a stored balance and its truth part, or the smallest window that is known.
WITH known AS (
    SELECT parting_key, evidence, 1 AS rank, CASE WHEN NOT without_row THEN parted_from END AS parted_from,
        CASE WHEN NOT without_row THEN parted_to END AS parted_to,
        CASE WHEN without_row THEN 0 ELSE parted_to - parted_from + 1 END AS window_rows,
        parted_at AS window_from, parted_at AS window_to
    FROM parted
    UNION ALL
    SELECT parting_key, 'exports' AS evidence, 2 AS rank, parted_from, parted_to, window_rows, window_from, window_to
    FROM by_exports
    WHERE window_from IS NOT NULL OR window_to IS NOT NULL
    UNION ALL
    SELECT parting_key, 'updated_at' AS evidence, 2 AS rank, parted_from, parted_to, window_rows, window_from,
        NULL AS window_to
    FROM by_updates
)
SELECT DISTINCT ON (parting_key) parting_key, evidence, parted_from, parted_to, window_rows, window_from, window_to,
    rank = 1 AND window_rows <= 1 AS exact
FROM known
ORDER BY parting_key, rank, evidence = 'running balances', window_rows, evidence
