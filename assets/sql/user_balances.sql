-- The cached balances that came; a user with an empty cache has one row without currency.
SELECT user_id, currency, cached, deleted_at IS NOT NULL AS deleted, deleted_at, source_created_at
FROM staged
