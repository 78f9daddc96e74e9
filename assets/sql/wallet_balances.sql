-- The recorded balances, in the order of their wallets.
SELECT projection_id, staged.wallet_id, wallet_key, currency, recorded, updated_at
FROM staged
INNER JOIN wallet_keys ON wallet_keys.wallet_id = staged.wallet_id
ORDER BY staged.wallet_id, currency, projection_id
