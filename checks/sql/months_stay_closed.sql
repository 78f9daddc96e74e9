-- A month that was closed, computed again, closes as it did.
WITH restated AS (
    SELECT closed_months.month, closed_months.closed_by
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
)
SELECT compared.month, wallet_keys.wallet_id, compared.currency, restated.closed_by,
    compared.opening_as_closed, compared.opening, compared.closing_as_closed, compared.closing,
    compared.closing - compared.closing_as_closed AS change, compared.transactions_as_closed, compared.transactions
FROM compared
INNER JOIN restated ON restated.month = compared.month
INNER JOIN wallet_keys ON wallet_keys.wallet_key = compared.wallet_key
WHERE compared.closing <> compared.closing_as_closed
    OR compared.opening <> compared.opening_as_closed
    OR compared.transactions <> compared.transactions_as_closed
ORDER BY ABS(compared.closing - compared.closing_as_closed) DESC, compared.month, wallet_keys.wallet_id,
    compared.currency
