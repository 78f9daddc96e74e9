-- Every debit of a transfer was written by the owner of its wallet, an admin or an authorised creator.
WITH asked AS (
    SELECT creator_key, user_id
    FROM creators
    WHERE user_id IS NOT NULL AND NOT is_admin AND NOT is_authorised
),
own AS (
    SELECT wallets.wallet_key, creators.creator_key
    FROM wallets
    INNER JOIN creators ON creators.user_id = wallets.user_id
),
written AS (
    SELECT transaction_hash, wallet_key, creator_key
    FROM transactions
    ANTI JOIN own USING (wallet_key, creator_key)
    WHERE amount < 0 AND kind IN (SELECT kind FROM kinds WHERE flow = 'transfer')
),
suspects AS (
    SELECT written.transaction_hash, written.wallet_key, MIN(asked.user_id) AS user_id,
        MIN(wallets.user_id) AS owner_id
    FROM written
    INNER JOIN asked ON asked.creator_key = written.creator_key
    INNER JOIN wallets ON wallets.wallet_key = written.wallet_key
    GROUP BY written.transaction_hash, written.wallet_key
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by, suspects.user_id, suspects.owner_id
FROM transactions
INNER JOIN suspects
    ON suspects.transaction_hash = transactions.transaction_hash AND suspects.wallet_key = transactions.wallet_key
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
