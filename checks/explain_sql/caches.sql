-- What some users were shown, beside what is recorded for all wallets of each.
WITH cached AS (
    SELECT user_id, currency, SUM(CAST(cached AS HUGEINT)) AS cached
    FROM user_balances
    WHERE currency IS NOT NULL AND user_id IN (SELECT user_id FROM owners)
    GROUP BY user_id, currency
),
recorded AS (
    SELECT wallets.user_id, wallet_balances.currency, SUM(CAST(wallet_balances.recorded AS HUGEINT)) AS recorded
    FROM wallet_balances
    INNER JOIN wallets ON wallets.wallet_key = wallet_balances.wallet_key
    WHERE wallets.user_id IN (SELECT user_id FROM owners)
    GROUP BY wallets.user_id, wallet_balances.currency
)
SELECT COALESCE(cached.user_id, recorded.user_id) AS user_id,
    COALESCE(cached.currency, recorded.currency) AS currency,
    CAST(cached.cached AS DECIMAL(38, 0)) AS cached,
    CAST(COALESCE(recorded.recorded, 0) AS DECIMAL(38, 0)) AS recorded
FROM cached
FULL OUTER JOIN recorded ON recorded.user_id = cached.user_id AND recorded.currency = cached.currency
ORDER BY 1, 2
