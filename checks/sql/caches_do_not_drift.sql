-- Every user's cached balance is the sum of what is recorded for the user's wallets; deleted users stand apart.
WITH living AS (
    SELECT user_id
    FROM (
        SELECT user_id, CASE WHEN deleted THEN 1 ELSE 0 END AS gone FROM user_balances
        UNION ALL
        SELECT user_id, CASE WHEN deleted_at IS NOT NULL THEN 1 ELSE 0 END AS gone FROM users
    ) AS everybody
    GROUP BY user_id
    HAVING MAX(gone) = 0
),
cached AS (
    SELECT user_id, currency, CAST(SUM(CAST(cached AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS cached
    FROM user_balances
    WHERE currency IS NOT NULL
    GROUP BY user_id, currency
),
recorded AS (
    SELECT wallets.user_id, wallet_balances.currency,
        CAST(SUM(CAST(wallet_balances.recorded AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS recorded
    FROM wallet_balances
    INNER JOIN wallets ON wallets.wallet_key = wallet_balances.wallet_key
    GROUP BY wallets.user_id, wallet_balances.currency
),
ledgers AS (
    SELECT user_id, currency, CAST(SUM(ledger) AS DECIMAL(38, 0)) AS ledger
    FROM balances
    GROUP BY user_id, currency
),
compared AS (
    SELECT COALESCE(cached.user_id, recorded.user_id) AS user_id,
        COALESCE(cached.currency, recorded.currency) AS currency,
        COALESCE(cached.cached, CAST(0 AS DECIMAL(38, 0))) AS cached,
        COALESCE(recorded.recorded, CAST(0 AS DECIMAL(38, 0))) AS recorded
    FROM cached
    FULL OUTER JOIN recorded ON recorded.user_id = cached.user_id AND recorded.currency = cached.currency
)
SELECT compared.user_id, compared.currency, compared.cached, compared.recorded,
    COALESCE(ledgers.ledger, CAST(0 AS DECIMAL(38, 0))) AS ledger,
    compared.cached - compared.recorded AS drift,
    CASE
        WHEN compared.recorded = COALESCE(ledgers.ledger, CAST(0 AS DECIMAL(38, 0))) THEN 'projection to cache'
        WHEN compared.cached = COALESCE(ledgers.ledger, CAST(0 AS DECIMAL(38, 0))) THEN 'ledger to projection'
        ELSE 'both'
    END AS hop_at_fault
FROM compared
INNER JOIN living ON living.user_id = compared.user_id
LEFT JOIN ledgers ON ledgers.user_id = compared.user_id AND ledgers.currency = compared.currency
WHERE compared.cached <> compared.recorded
ORDER BY ABS(compared.cached - compared.recorded) DESC, user_id, currency
