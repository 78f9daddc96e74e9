-- The recorded balances that came.
SELECT projection_id, staged.wallet_id, wallet_key, currency, recorded, updated_at, source_created_at, commit_ns
FROM staged
INNER JOIN every_key ON every_key.wallet_id = staged.wallet_id
