-- Between which two exports a projection began to drift, and the rows that were written in between.
WITH looks AS (
    SELECT partings.parting_key, exports.sequence, exports.cut_at, COALESCE(past_drift.drift, 0) AS drift
    FROM partings
    CROSS JOIN exports
    LEFT JOIN past_drift
        ON past_drift.sequence = exports.sequence
        AND past_drift.wallet_id = partings.wallet_id
        AND past_drift.currency = partings.currency
    WHERE partings.stored = 'projection'
),
agreed AS (
    SELECT parting_key, MAX(sequence) AS sequence, arg_max(cut_at, sequence) AS agreed_at
    FROM looks
    WHERE drift = 0
    GROUP BY parting_key
),
windows AS (
    SELECT looks.parting_key, MIN(agreed.agreed_at) AS window_from, MIN(looks.cut_at) FILTER (
        WHERE looks.sequence > COALESCE(agreed.sequence, 0)
    ) AS window_to
    FROM looks
    LEFT JOIN agreed ON agreed.parting_key = looks.parting_key
    GROUP BY looks.parting_key
)
SELECT windows.parting_key, windows.window_from, windows.window_to,
    MIN(entries.place) AS parted_from, MAX(entries.place) AS parted_to, COUNT(entries.place) AS window_rows
FROM windows
LEFT JOIN entries
    ON entries.parting_key = windows.parting_key
    AND entries.written_at > COALESCE(windows.window_from, '-infinity')
    AND entries.written_at <= COALESCE(windows.window_to, 'infinity')
GROUP BY windows.parting_key, windows.window_from, windows.window_to
ORDER BY windows.parting_key
