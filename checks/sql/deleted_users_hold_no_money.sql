-- The ledger holds nothing for a user who is deleted, in any currency.
WITH deleted AS (
    SELECT user_id, MIN(deleted_at) AS deleted_at
    FROM users
    WHERE deleted_at IS NOT NULL
    GROUP BY user_id
),
held AS (
    SELECT user_id, currency, COUNT(*) AS wallets, CAST(SUM(ledger) AS DECIMAL(38, 0)) AS ledger
    FROM balances
    WHERE user_id IN (SELECT user_id FROM deleted)
    GROUP BY user_id, currency
    HAVING SUM(ledger) <> 0
)
SELECT held.user_id, held.currency, held.ledger, held.wallets, deleted.deleted_at
FROM held
INNER JOIN deleted ON deleted.user_id = held.user_id
ORDER BY ABS(held.ledger) DESC, held.user_id, held.currency
