-- Every debit of a transfer was written by the owner of its wallet, an admin or an authorised creator.
WITH trespasses AS (
    SELECT transactions.wallet_key, transactions.creator_key, MIN(creators.user_id) AS user_id,
        MIN(wallets.user_id) AS owner_id
    FROM transactions
    INNER JOIN creators ON creators.creator_key = transactions.creator_key
    INNER JOIN wallets ON wallets.wallet_key = transactions.wallet_key
    WHERE transactions.amount < 0
        AND transactions.kind IN (SELECT kind FROM kinds WHERE flow = 'transfer')
        AND creators.user_id IS NOT NULL AND NOT creators.is_admin AND NOT creators.is_authorised
        AND creators.user_id IS DISTINCT FROM wallets.user_id
    GROUP BY transactions.wallet_key, transactions.creator_key
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by, trespasses.user_id, trespasses.owner_id
FROM transactions
INNER JOIN trespasses
    ON trespasses.wallet_key = transactions.wallet_key AND trespasses.creator_key = transactions.creator_key
WHERE transactions.amount < 0 AND transactions.kind IN (SELECT kind FROM kinds WHERE flow = 'transfer')
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
