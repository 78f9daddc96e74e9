-- Recorded minus ledger for every balance that has a ledger or a projection; a side that is missing stays null.
WITH recorded AS (
    SELECT wallet_key, currency, COUNT(*) AS projections, CAST(MIN(recorded) AS DECIMAL(38, 0)) AS recorded
    FROM wallet_balances
    GROUP BY wallet_key, currency
)
SELECT
    wallet_keys.wallet_id,
    COALESCE(balances.currency, recorded.currency) AS currency,
    wallets.user_id,
    wallet_keys.known,
    balances.transactions,
    balances.ledger,
    COALESCE(recorded.projections, 0) AS projections,
    CASE WHEN recorded.projections = 1 THEN recorded.recorded END AS recorded,
    CASE WHEN recorded.projections = 1 THEN recorded.recorded - balances.ledger END AS drift
FROM balances
FULL OUTER JOIN recorded ON recorded.wallet_key = balances.wallet_key AND recorded.currency = balances.currency
INNER JOIN wallet_keys ON wallet_keys.wallet_key = COALESCE(balances.wallet_key, recorded.wallet_key)
LEFT JOIN wallets ON wallets.wallet_key = wallet_keys.wallet_key
ORDER BY 1, 2
