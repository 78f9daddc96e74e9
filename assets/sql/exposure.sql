-- What drift puts at risk in each currency: over-credited and still there, over-credited and withdrawn, under-credited.
WITH compared AS (
    SELECT currency, user_id, COALESCE(drift, recorded) AS drift, COALESCE(ledger, 0) AS ledger
    FROM drift
    WHERE drift IS NOT NULL OR (ledger IS NULL AND recorded IS NOT NULL)
),
parted AS (
    SELECT currency, user_id, GREATEST(drift, 0) AS over_credited,
        LEAST(GREATEST(drift, 0), GREATEST(-ledger, 0)) AS withdrawn, GREATEST(-drift, 0) AS under_credited
    FROM compared
),
amounts AS (
    SELECT currency, user_id, 1 AS place, 'over-credited, still there' AS exposure, over_credited - withdrawn AS amount
    FROM parted
    UNION ALL
    SELECT currency, user_id, 2 AS place, 'over-credited, withdrawn' AS exposure, withdrawn AS amount
    FROM parted
    UNION ALL
    SELECT currency, user_id, 3 AS place, 'under-credited' AS exposure, under_credited AS amount
    FROM parted
)
SELECT currency, exposure, CAST(SUM(amount) AS DECIMAL(38, 0)) AS amount, COUNT(*) AS balances,
    COUNT(DISTINCT user_id) AS users
FROM amounts
WHERE amount > 0
GROUP BY currency, exposure, place
ORDER BY currency, place
