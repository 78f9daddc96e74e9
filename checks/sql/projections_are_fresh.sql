-- No recorded balance was last updated before the last settled transaction of its wallet and currency.
WITH late AS (
    SELECT transactions.wallet_key
    FROM transactions
    INNER JOIN wallet_balances ON wallet_balances.wallet_key = transactions.wallet_key
    WHERE transactions.settled AND transactions.created_at > wallet_balances.updated_at
    GROUP BY transactions.wallet_key
),
moved AS (
    SELECT wallet_key, currency, MAX(created_at) AS moved_at
    FROM transactions
    WHERE settled AND wallet_key IN (SELECT wallet_key FROM late)
    GROUP BY wallet_key, currency
)
SELECT wallet_balances.projection_id, wallet_balances.wallet_id, wallet_balances.currency,
    wallet_balances.updated_at, moved.moved_at, wallet_balances.recorded
FROM wallet_balances
INNER JOIN moved ON moved.wallet_key = wallet_balances.wallet_key AND moved.currency = wallet_balances.currency
WHERE wallet_balances.updated_at < moved.moved_at
ORDER BY moved.moved_at - wallet_balances.updated_at DESC, wallet_balances.wallet_id, wallet_balances.currency,
    wallet_balances.projection_id
