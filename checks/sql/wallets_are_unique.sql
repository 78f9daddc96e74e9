-- No user has two wallets of one currency.
WITH repeated AS (
    SELECT user_id, currency, COUNT(*) AS wallets
    FROM wallets
    WHERE user_id IS NOT NULL
    GROUP BY user_id, currency
    HAVING COUNT(*) > 1
)
SELECT wallets.wallet_id, wallets.user_id, wallets.currency, repeated.wallets, wallets.is_active
FROM wallets
INNER JOIN repeated ON repeated.user_id = wallets.user_id AND repeated.currency = wallets.currency
ORDER BY repeated.wallets DESC, wallets.user_id, wallets.currency, wallets.wallet_id
