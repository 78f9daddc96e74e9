-- Every user was funded at most once in each currency.
WITH twice AS (
    SELECT wallets.user_id
    FROM movements
    INNER JOIN wallets ON wallets.wallet_key = movements.wallet_key
    WHERE movements.settled AND movements.kind = 'INITIAL_FUNDING' AND wallets.user_id IS NOT NULL
    GROUP BY wallets.user_id, movements.currency
    HAVING SUM(movements.transactions) > 1
),
suspects AS (
    SELECT wallet_key, user_id
    FROM wallets
    WHERE user_id IN (SELECT user_id FROM twice)
),
funded AS (
    SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
        transactions.created_at, suspects.user_id
    FROM transactions
    INNER JOIN suspects ON suspects.wallet_key = transactions.wallet_key
    WHERE transactions.settled AND transactions.kind = 'INITIAL_FUNDING'
),
repeated AS (
    SELECT user_id, currency, COUNT(*) AS occurrences,
        CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS funding
    FROM funded
    GROUP BY user_id, currency
    HAVING COUNT(*) > 1
)
SELECT funded.transaction_id, funded.wallet_id, funded.user_id, funded.currency, funded.amount, funded.created_at,
    repeated.occurrences, repeated.funding
FROM funded
INNER JOIN repeated ON repeated.user_id = funded.user_id AND repeated.currency = funded.currency
ORDER BY repeated.occurrences DESC, funded.user_id, funded.currency, funded.created_at, funded.transaction_id
