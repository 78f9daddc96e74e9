-- No recorded balance was updated later than the last transaction of its wallet and currency, but for a short while.
WITH asked AS (
    SELECT wallet_balances.wallet_key,
        MIN(wallet_balances.updated_at - INTERVAL '1 second' * settings.freshness_seconds) AS since
    FROM wallet_balances
    CROSS JOIN settings
    WHERE wallet_balances.updated_at IS NOT NULL
    GROUP BY wallet_balances.wallet_key
),
recent AS (
    SELECT transactions.wallet_key, transactions.currency, MAX(transactions.created_at) AS moved_at
    FROM transactions
    INNER JOIN asked ON asked.wallet_key = transactions.wallet_key
    WHERE transactions.created_at >= asked.since
    GROUP BY transactions.wallet_key, transactions.currency
),
suspects AS (
    SELECT wallet_balances.projection_id, wallet_balances.wallet_id, wallet_balances.wallet_key,
        wallet_balances.currency, wallet_balances.updated_at, wallet_balances.recorded
    FROM wallet_balances
    CROSS JOIN settings
    LEFT JOIN recent
        ON recent.wallet_key = wallet_balances.wallet_key AND recent.currency = wallet_balances.currency
    WHERE recent.moved_at IS NULL
        OR wallet_balances.updated_at > recent.moved_at + INTERVAL '1 second' * settings.freshness_seconds
),
moved AS (
    SELECT wallet_key, currency, MAX(created_at) AS moved_at
    FROM transactions
    WHERE wallet_key IN (SELECT wallet_key FROM suspects)
    GROUP BY wallet_key, currency
)
SELECT suspects.projection_id, suspects.wallet_id, suspects.currency, suspects.updated_at, moved.moved_at,
    suspects.recorded
FROM suspects
INNER JOIN moved ON moved.wallet_key = suspects.wallet_key AND moved.currency = suspects.currency
CROSS JOIN settings
WHERE suspects.updated_at > moved.moved_at + INTERVAL '1 second' * settings.freshness_seconds
ORDER BY suspects.updated_at - moved.moved_at DESC, suspects.wallet_id, suspects.currency, suspects.projection_id
