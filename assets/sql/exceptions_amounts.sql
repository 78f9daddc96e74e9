-- What the exceptions of each rule and currency are worth, without signs: opening, raised, closed, changed, closing.
SELECT
    rule, currency,
    CAST(COALESCE(SUM(ABS(amount_before)), 0) AS DECIMAL(38, 0)) AS opening,
    CAST(COALESCE(SUM(ABS(amount)) FILTER (WHERE first_seen = asked.export_id), 0) AS DECIMAL(38, 0)) AS raised,
    CAST(COALESCE(SUM(ABS(amount_before)) FILTER (WHERE state = 'cured'), 0) AS DECIMAL(38, 0)) AS closed,
    CAST(COALESCE(SUM(COALESCE(ABS(amount), 0) - COALESCE(ABS(amount_before), 0))
        FILTER (WHERE first_seen <> asked.export_id AND state <> 'cured'), 0) AS DECIMAL(38, 0)) AS changed,
    CAST(COALESCE(SUM(ABS(amount)) FILTER (WHERE state <> 'cured'), 0) AS DECIMAL(38, 0)) AS closing,
    CAST(COALESCE(SUM(ABS(amount)) FILTER (WHERE state = 'waived'), 0) AS DECIMAL(38, 0)) AS waived
FROM exceptions
CROSS JOIN asked
WHERE currency IS NOT NULL AND (amount IS NOT NULL OR amount_before IS NOT NULL)
GROUP BY rule, currency
ORDER BY rule, currency
