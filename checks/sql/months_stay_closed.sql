-- A month that was closed, computed again, closes as it did.
WITH restated AS (
    SELECT closed_months.month, closed_months.closed_by, closed_months.sealed_as
    FROM closed_months
    WHERE NOT closed_months.same AND closed_months.month IN (SELECT month FROM closings)
),
stood AS (
    SELECT month, wallet_key, currency, opening, closing, transactions
    FROM closings_as_closed
    WHERE month IN (SELECT month FROM restated)
),
stands AS (
    SELECT month, wallet_key, currency, opening, closing, transactions
    FROM closings
    WHERE month IN (SELECT month FROM restated)
),
compared AS (
    SELECT COALESCE(stood.month, stands.month) AS month,
        COALESCE(stood.wallet_key, stands.wallet_key) AS wallet_key,
        COALESCE(stood.currency, stands.currency) AS currency,
        COALESCE(stood.opening, CAST(0 AS DECIMAL(38, 0))) AS opening_as_closed,
        COALESCE(stands.opening, CAST(0 AS DECIMAL(38, 0))) AS opening,
        COALESCE(stood.closing, CAST(0 AS DECIMAL(38, 0))) AS closing_as_closed,
        COALESCE(stands.closing, CAST(0 AS DECIMAL(38, 0))) AS closing,
        COALESCE(stood.transactions, 0) AS transactions_as_closed,
        COALESCE(stands.transactions, 0) AS transactions
    FROM stood
    FULL OUTER JOIN stands
        ON stands.month = stood.month AND stands.wallet_key = stood.wallet_key AND stands.currency = stood.currency
),
balances_restated AS (
    SELECT compared.month, wallet_keys.wallet_id, compared.currency, restated.closed_by, restated.sealed_as,
        compared.opening_as_closed, compared.opening, compared.closing_as_closed, compared.closing,
        compared.closing - compared.closing_as_closed AS change, compared.transactions_as_closed, compared.transactions
    FROM compared
    INNER JOIN restated ON restated.month = compared.month
    INNER JOIN wallet_keys ON wallet_keys.wallet_key = compared.wallet_key
    WHERE compared.closing <> compared.closing_as_closed
        OR compared.opening <> compared.opening_as_closed
        OR compared.transactions <> compared.transactions_as_closed
),
rows_restated AS (
    SELECT month, sealed_by, sealed_as, rows_sealed, rows_now, added, removed, changed, root_sealed, root, unnamed
    FROM sealed_months
    WHERE NOT same AND month NOT IN (SELECT month FROM balances_restated WHERE sealed_as IS NOT NULL)
)
SELECT month, wallet_id, currency, closed_by, sealed_as, opening_as_closed, opening, closing_as_closed, closing, change,
    transactions_as_closed, transactions, CAST(NULL AS BIGINT) AS rows_sealed, CAST(NULL AS BIGINT) AS rows_now,
    CAST(NULL AS BIGINT) AS added, CAST(NULL AS BIGINT) AS removed, CAST(NULL AS BIGINT) AS changed,
    CAST(NULL AS VARCHAR) AS root_sealed, CAST(NULL AS VARCHAR) AS root, CAST(NULL AS VARCHAR) AS unnamed
FROM balances_restated
UNION ALL
SELECT month, CAST(NULL AS VARCHAR) AS wallet_id, CAST(NULL AS VARCHAR) AS currency, sealed_by AS closed_by, sealed_as,
    CAST(NULL AS DECIMAL(38, 0)) AS opening_as_closed, CAST(NULL AS DECIMAL(38, 0)) AS opening,
    CAST(NULL AS DECIMAL(38, 0)) AS closing_as_closed, CAST(NULL AS DECIMAL(38, 0)) AS closing,
    CAST(NULL AS DECIMAL(38, 0)) AS change, CAST(NULL AS BIGINT) AS transactions_as_closed,
    CAST(NULL AS BIGINT) AS transactions, rows_sealed, rows_now, added, removed, changed, root_sealed, root, unnamed
FROM rows_restated
ORDER BY ABS(change) DESC NULLS LAST, month, wallet_id, currency
