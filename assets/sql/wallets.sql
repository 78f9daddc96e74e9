-- The wallets that came.
SELECT staged.wallet_id, wallet_key, user_id, currency, balance, opening, is_active, updated_at, source_created_at
FROM staged
INNER JOIN every_key ON every_key.wallet_id = staged.wallet_id
