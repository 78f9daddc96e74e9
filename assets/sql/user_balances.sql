-- The cached balances, in the order of their users; a user with an empty cache has one row without currency.
SELECT user_id, currency, cached, deleted_at IS NOT NULL AS deleted
FROM staged
ORDER BY user_id, currency, cached
