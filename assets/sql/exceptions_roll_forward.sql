-- How the exceptions of each rule rolled forward: opening, raised and closed give closing.
SELECT
    rule,
    CAST(COUNT(*) FILTER (WHERE first_seen <> asked.export_id) AS BIGINT) AS opening,
    CAST(COUNT(*) FILTER (WHERE first_seen = asked.export_id) AS BIGINT) AS raised,
    CAST(COUNT(*) FILTER (WHERE state = 'cured') AS BIGINT) AS closed,
    CAST(COUNT(*) FILTER (WHERE state <> 'cured') AS BIGINT) AS closing,
    CAST(COUNT(*) FILTER (WHERE state = 'new') AS BIGINT) AS new,
    CAST(COUNT(*) FILTER (WHERE state = 'persisting') AS BIGINT) AS persisting,
    CAST(COUNT(*) FILTER (WHERE state = 'waived') AS BIGINT) AS waived,
    CAST(COUNT(*) FILTER (WHERE state <> 'cured' AND days <= 7) AS BIGINT) AS week,
    CAST(COUNT(*) FILTER (WHERE state <> 'cured' AND days BETWEEN 8 AND 30) AS BIGINT) AS month,
    CAST(COUNT(*) FILTER (WHERE state <> 'cured' AND days BETWEEN 31 AND 90) AS BIGINT) AS quarter,
    CAST(COUNT(*) FILTER (WHERE state <> 'cured' AND days > 90) AS BIGINT) AS older,
    CAST(COALESCE(MAX(days) FILTER (WHERE state <> 'cured'), 0) AS BIGINT) AS oldest_days
FROM exceptions
CROSS JOIN asked
GROUP BY rule
ORDER BY rule
