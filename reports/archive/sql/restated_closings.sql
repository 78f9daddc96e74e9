-- Balances whose opening, closing or number of settled transactions is not as it was sealed, with both figures.
WITH names AS (
    SELECT wallet_key, wallet_id FROM wallets_sealed
    UNION
    SELECT wallet_key, wallet_id FROM wallets_present
),
compared AS (
    SELECT
        COALESCE(stands.wallet_key, stood.wallet_key) AS wallet_key,
        COALESCE(stands.currency, stood.currency) AS currency,
        COALESCE(stood.opening, CAST(0 AS DECIMAL(38, 0))) AS opening_sealed,
        COALESCE(stands.opening, CAST(0 AS DECIMAL(38, 0))) AS opening,
        COALESCE(stood.closing, CAST(0 AS DECIMAL(38, 0))) AS closing_sealed,
        COALESCE(stands.closing, CAST(0 AS DECIMAL(38, 0))) AS closing,
        COALESCE(stood.transactions, 0) AS transactions_sealed,
        COALESCE(stands.transactions, 0) AS transactions
    FROM sealed AS stood
    FULL OUTER JOIN present AS stands ON stands.wallet_key = stood.wallet_key AND stands.currency = stood.currency
)
SELECT
    names.wallet_id,
    compared.currency,
    compared.opening_sealed,
    compared.opening,
    compared.closing_sealed,
    compared.closing,
    compared.closing - compared.closing_sealed AS change,
    compared.transactions_sealed,
    compared.transactions
FROM compared
LEFT JOIN names ON names.wallet_key = compared.wallet_key
WHERE compared.closing <> compared.closing_sealed
    OR compared.opening <> compared.opening_sealed
    OR compared.transactions <> compared.transactions_sealed
ORDER BY ABS(compared.closing - compared.closing_sealed) DESC, names.wallet_id, compared.currency
