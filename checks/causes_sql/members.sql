-- The balances of the ledger behind each stored balance: its own, or those of all wallets of the user.
SELECT parting_key, wallet_key, currency
FROM partings
WHERE stored <> 'cache'
UNION ALL
SELECT partings.parting_key, wallets.wallet_key, partings.currency
FROM partings
INNER JOIN wallets ON wallets.user_id = partings.user_id
WHERE partings.stored = 'cache'
