-- What every wallet must hold: the last closing of each balance that has settled rows or an opening.
SELECT
    wallet_keys.wallet_id,
    closings.wallet_key,
    closings.currency,
    wallets.user_id,
    closings.closing AS ledger,
    closings.closing + closings.unsettled AS ledger_all,
    closings.settled_rows AS transactions
FROM closings
INNER JOIN wallet_keys ON wallet_keys.wallet_key = closings.wallet_key
LEFT JOIN wallets ON wallets.wallet_key = closings.wallet_key
WHERE closings.settled_rows > 0 OR closings.closing <> 0
ORDER BY wallet_keys.wallet_id, closings.currency
