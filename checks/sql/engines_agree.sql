-- Two independent engines compute the same balance for every wallet.
SELECT wallet_keys.wallet_id, COALESCE(balances.currency, balances_again.currency) AS currency,
    balances.ledger, balances_again.ledger AS ledger_again
FROM balances
FULL OUTER JOIN balances_again
    ON balances_again.wallet_key = balances.wallet_key AND balances_again.currency = balances.currency
INNER JOIN wallet_keys ON wallet_keys.wallet_key = COALESCE(balances.wallet_key, balances_again.wallet_key)
WHERE balances.ledger IS DISTINCT FROM balances_again.ledger
ORDER BY wallet_id, currency
