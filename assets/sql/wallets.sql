-- The wallets, in the order of their ids.
SELECT staged.wallet_id, wallet_key, user_id, currency, balance, opening, is_active, updated_at
FROM staged
INNER JOIN wallet_keys ON wallet_keys.wallet_id = staged.wallet_id
ORDER BY staged.wallet_id, currency, user_id
