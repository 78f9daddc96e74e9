-- No recorded balance was updated later than the last transaction of its wallet and currency, but for a short while.
WITH moved AS (
    SELECT wallet_key, currency, last_at AS moved_at
    FROM closings
    WHERE month IN (SELECT MAX(month) FROM closings)
)
SELECT wallet_balances.projection_id, wallet_balances.wallet_id, wallet_balances.currency,
    wallet_balances.updated_at, moved.moved_at, wallet_balances.recorded
FROM wallet_balances
INNER JOIN moved ON moved.wallet_key = wallet_balances.wallet_key AND moved.currency = wallet_balances.currency
CROSS JOIN settings
WHERE wallet_balances.updated_at > moved.moved_at + INTERVAL '1 second' * settings.freshness_seconds
ORDER BY wallet_balances.updated_at - moved.moved_at DESC, wallet_balances.wallet_id, wallet_balances.currency,
    wallet_balances.projection_id
