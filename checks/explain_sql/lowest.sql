-- The lowest balance of some wallets after any instant, and the first time it was that low.
WITH instants AS (
    SELECT wallet_key, currency, created_at, SUM(SUM(CAST(amount AS HUGEINT))) OVER (
            PARTITION BY wallet_key, currency ORDER BY created_at
        ) AS running
    FROM transactions
    WHERE settled AND wallet_key IN (SELECT wallet_key FROM chosen)
    GROUP BY wallet_key, currency, created_at
)
SELECT chosen.wallet_id, instants.currency,
    CAST(MIN(instants.running) + COALESCE(MAX(own.opening), 0) AS DECIMAL(38, 0)) AS lowest,
    arg_min(instants.created_at, (instants.running, instants.created_at)) AS lowest_at
FROM instants
INNER JOIN chosen ON chosen.wallet_key = instants.wallet_key
LEFT JOIN (
    SELECT wallet_key, currency, opening FROM wallets WHERE wallet_key IN (SELECT wallet_key FROM chosen)
) AS own ON own.wallet_key = instants.wallet_key AND own.currency = instants.currency
GROUP BY chosen.wallet_id, instants.currency
ORDER BY chosen.wallet_id, instants.currency
