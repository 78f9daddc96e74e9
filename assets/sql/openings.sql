-- What each balance held before the ledger's first row: nothing, unless the mapping names an opening.
SELECT
    wallet_key,
    currency,
    CAST(opening AS DECIMAL(38, 0)) AS closing,
    CAST(0 AS DECIMAL(38, 0)) AS unsettled,
    CAST(0 AS BIGINT) AS settled_rows,
    CAST(NULL AS TIMESTAMPTZ) AS last_at,
    CAST(NULL AS TIMESTAMPTZ) AS last_settled_at
FROM wallets
WHERE opening <> 0
