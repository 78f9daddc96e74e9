-- All sides of the balances of some wallets: ledger, what did not settle, what is recorded, and the wallet's own total.
WITH moved AS (
    SELECT wallet_key, currency, COUNT(*) AS transactions,
        SUM(CASE WHEN settled THEN CAST(amount AS HUGEINT) ELSE 0 END) AS settled,
        SUM(CASE WHEN settled THEN 0 ELSE CAST(amount AS HUGEINT) END) AS unsettled,
        SUM(CASE
            WHEN NOT settled AND amount < 0 AND status IN (SELECT status FROM open_statuses)
                THEN CAST(amount AS HUGEINT)
            ELSE 0
        END) AS held
    FROM transactions
    WHERE wallet_key IN (SELECT wallet_key FROM chosen)
    GROUP BY wallet_key, currency
),
recorded AS (
    SELECT wallet_key, currency, COUNT(*) AS projections, SUM(CAST(recorded AS HUGEINT)) AS recorded,
        MAX(updated_at) AS updated_at
    FROM wallet_balances
    WHERE wallet_key IN (SELECT wallet_key FROM chosen)
    GROUP BY wallet_key, currency
),
own AS (
    SELECT wallet_key, currency, balance, opening FROM wallets WHERE wallet_key IN (SELECT wallet_key FROM chosen)
),
every AS (
    SELECT wallet_key, currency FROM moved
    UNION
    SELECT wallet_key, currency FROM recorded
    UNION
    SELECT wallet_key, currency FROM own
)
SELECT chosen.wallet_id, every.currency,
    COALESCE(moved.transactions, 0) AS transactions,
    CAST(COALESCE(own.opening, 0) + COALESCE(moved.settled, 0) AS DECIMAL(38, 0)) AS ledger,
    CAST(COALESCE(moved.unsettled, 0) AS DECIMAL(38, 0)) AS unsettled,
    CAST(COALESCE(own.opening, 0) + COALESCE(moved.settled, 0) + COALESCE(moved.held, 0) AS DECIMAL(38, 0)) AS available,
    CAST(recorded.recorded AS DECIMAL(38, 0)) AS recorded,
    COALESCE(recorded.projections, 0) AS projections,
    recorded.updated_at,
    CAST(own.balance AS DECIMAL(38, 0)) AS wallet_total,
    CAST(COALESCE(own.opening, 0) AS DECIMAL(38, 0)) AS opening
FROM every
INNER JOIN chosen ON chosen.wallet_key = every.wallet_key
LEFT JOIN moved ON moved.wallet_key = every.wallet_key AND moved.currency = every.currency
LEFT JOIN recorded ON recorded.wallet_key = every.wallet_key AND recorded.currency = every.currency
LEFT JOIN own ON own.wallet_key = every.wallet_key AND own.currency = every.currency
ORDER BY chosen.wallet_id, every.currency
