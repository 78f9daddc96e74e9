-- The latest rows of some wallets, newest first, in each currency.
WITH placed AS (
    SELECT chosen.wallet_id, currency, transaction_id, amount, kind, status, settled, created_at, created_by,
        row_number() OVER (
            PARTITION BY chosen.wallet_id, currency
            ORDER BY created_at DESC, source_created_at DESC NULLS LAST, transaction_id DESC
        ) AS place
    FROM transactions
    INNER JOIN chosen ON chosen.wallet_key = transactions.wallet_key
)
SELECT wallet_id, currency, transaction_id, amount, kind, status, settled, created_at, created_by
FROM placed
WHERE place <= (SELECT latest FROM asked)
ORDER BY wallet_id, currency, place
