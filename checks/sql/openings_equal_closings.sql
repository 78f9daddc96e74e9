-- Every month opens with what was written down as the closing of the month before.
WITH chained AS (
    SELECT month, next_month, sealed_as, same
    FROM closed_months
    WHERE next_month IN (SELECT month FROM closings)
),
stored AS (
    SELECT chained.next_month AS month, closings_as_closed.wallet_key, closings_as_closed.currency,
        closings_as_closed.closing
    FROM closings_as_closed
    INNER JOIN chained ON chained.month = closings_as_closed.month
    WHERE NOT chained.same
    UNION ALL
    SELECT chained.next_month AS month, closings.wallet_key, closings.currency, closings.closing
    FROM closings
    INNER JOIN chained ON chained.month = closings.month
    WHERE chained.same
),
opened AS (
    SELECT month, wallet_key, currency, opening
    FROM closings
    WHERE month IN (SELECT month FROM stored)
),
compared AS (
    SELECT COALESCE(stored.month, opened.month) AS month,
        COALESCE(stored.wallet_key, opened.wallet_key) AS wallet_key,
        COALESCE(stored.currency, opened.currency) AS currency,
        COALESCE(stored.closing, CAST(0 AS DECIMAL(38, 0))) AS closing_before,
        COALESCE(opened.opening, CAST(0 AS DECIMAL(38, 0))) AS opening
    FROM stored
    FULL OUTER JOIN opened
        ON opened.month = stored.month AND opened.wallet_key = stored.wallet_key AND opened.currency = stored.currency
)
SELECT compared.month, wallet_keys.wallet_id, compared.currency, chained.month AS month_before, chained.sealed_as,
    compared.closing_before, compared.opening, compared.opening - compared.closing_before AS change
FROM compared
INNER JOIN chained ON chained.next_month = compared.month
INNER JOIN wallet_keys ON wallet_keys.wallet_key = compared.wallet_key
WHERE compared.opening <> compared.closing_before
ORDER BY ABS(compared.opening - compared.closing_before) DESC, compared.month, wallet_keys.wallet_id,
    compared.currency
