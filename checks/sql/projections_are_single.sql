-- Every balance is recorded once, and every wallet once where the application reads by wallet alone.
WITH by_wallet AS (
    SELECT wallet_key, COUNT(*) AS wallet_projections
    FROM wallet_balances
    GROUP BY wallet_key
),
by_balance AS (
    SELECT wallet_id, wallet_key, currency, COUNT(*) AS projections,
        MIN(recorded) AS recorded_least, MAX(recorded) AS recorded_most
    FROM wallet_balances
    GROUP BY wallet_id, wallet_key, currency
)
SELECT by_balance.wallet_id, by_balance.currency, by_balance.projections, by_wallet.wallet_projections,
    by_balance.recorded_least, by_balance.recorded_most
FROM by_balance
INNER JOIN by_wallet ON by_wallet.wallet_key = by_balance.wallet_key
CROSS JOIN settings
WHERE by_balance.projections > 1 OR (settings.one_projection_per_wallet AND by_wallet.wallet_projections > 1)
ORDER BY by_balance.projections DESC, by_balance.wallet_id, by_balance.currency
