-- Rows that explain a whole drift by themselves: left out, applied twice, with the wrong sign or unit, or unsettled.
WITH sought AS (
    SELECT parting_key, CAST(drift AS HUGEINT) AS drift, scale, born_at
    FROM partings
    WHERE copies > 0 AND drift <> 0
),
told AS (
    SELECT entries.parting_key, entries.place,
        entries.kind = 'INITIAL_FUNDING' AND COALESCE(sought.born_at >= following.created_at - INTERVAL 1 SECOND,
            sought.born_at IS NULL) AS opens,
        sought.born_at,
        CASE
            WHEN entries.settled AND entries.amount = -sought.drift THEN 'missed_apply'
            WHEN entries.settled AND entries.amount = sought.drift THEN 'double_apply'
            WHEN entries.settled AND CAST(entries.amount AS HUGEINT) * 2 = -sought.drift THEN 'sign_lost'
            WHEN NOT entries.settled AND entries.amount = sought.drift THEN 'unsettled_counted'
            WHEN entries.settled AND sought.scale > 1 AND (
                CAST(entries.amount AS HUGEINT) * (sought.scale - 1) = sought.drift
                OR (entries.amount % sought.scale = 0
                    AND entries.amount // sought.scale - CAST(entries.amount AS HUGEINT) = sought.drift)
            ) THEN 'units_mixed'
        END AS cause
    FROM entries
    INNER JOIN sought ON sought.parting_key = entries.parting_key
    LEFT JOIN entries AS following
        ON entries.kind = 'INITIAL_FUNDING'
        AND following.parting_key = entries.parting_key
        AND following.place = entries.place + 1
    WHERE entries.amount <> 0
)
SELECT parting_key,
    CASE WHEN cause = 'missed_apply' AND opens THEN 'opening_missing' ELSE cause END AS cause,
    CASE cause
        WHEN 'missed_apply' THEN CASE WHEN opens AND born_at IS NOT NULL THEN 26 ELSE 31 END
        WHEN 'double_apply' THEN 32
        WHEN 'sign_lost' THEN 33
        WHEN 'unsettled_counted' THEN 34
        ELSE 36
    END AS rank,
    place
FROM told
WHERE cause IS NOT NULL
