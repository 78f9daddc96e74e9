-- Rows of a sealed month that were added, removed or changed since it was sealed, with both sides.
WITH stood AS (
    SELECT * FROM sealed
    EXCEPT
    SELECT * FROM present
),
stands AS (
    SELECT * FROM present
    EXCEPT
    SELECT * FROM sealed
)
SELECT
    CASE
        WHEN stood.transaction_id IS NULL THEN 'added'
        WHEN stands.transaction_id IS NULL THEN 'removed'
        ELSE 'changed'
    END AS change,
    COALESCE(stands.transaction_id, stood.transaction_id) AS transaction_id,
    COALESCE(stands.wallet_id, stood.wallet_id) AS wallet_id,
    COALESCE(stands.currency, stood.currency) AS currency,
    stood.amount AS amount_sealed,
    stands.amount AS amount,
    CASE WHEN stood.transaction_id IS NOT NULL THEN CAST(to_json(stood) AS VARCHAR) END AS row_sealed,
    CASE WHEN stands.transaction_id IS NOT NULL THEN CAST(to_json(stands) AS VARCHAR) END AS row_now
FROM stood
FULL OUTER JOIN stands ON stands.transaction_id = stood.transaction_id
ORDER BY
    ABS(CAST(COALESCE(stands.amount, 0) AS DECIMAL(38, 0)) - CAST(COALESCE(stood.amount, 0) AS DECIMAL(38, 0))) DESC,
    transaction_id
