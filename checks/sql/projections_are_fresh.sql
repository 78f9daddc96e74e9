-- No recorded balance was last updated before the last settled transaction of its wallet and currency.
WITH moved AS (
    SELECT wallet_key, currency, last_settled_at AS moved_at
    FROM closings
    WHERE month IN (SELECT MAX(month) FROM closings)
)
SELECT wallet_balances.projection_id, wallet_balances.wallet_id, wallet_balances.currency,
    wallet_balances.updated_at, moved.moved_at, wallet_balances.recorded
FROM wallet_balances
INNER JOIN moved ON moved.wallet_key = wallet_balances.wallet_key AND moved.currency = wallet_balances.currency
WHERE wallet_balances.updated_at < moved.moved_at
ORDER BY moved.moved_at - wallet_balances.updated_at DESC, wallet_balances.wallet_id, wallet_balances.currency,
    wallet_balances.projection_id
