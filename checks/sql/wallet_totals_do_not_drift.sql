-- Every wallet's own balance is its ledger's sum in the wallet's currency.
WITH compared AS (
    SELECT wallets.wallet_id, wallets.currency, CAST(wallets.balance AS DECIMAL(38, 0)) AS balance,
        COALESCE(balances.ledger, CAST(0 AS DECIMAL(38, 0))) AS ledger
    FROM wallets
    LEFT JOIN balances ON balances.wallet_key = wallets.wallet_key AND balances.currency = wallets.currency
    WHERE wallets.balance IS NOT NULL
)
SELECT wallet_id, currency, balance, ledger, balance - ledger AS drift
FROM compared
WHERE balance <> ledger
ORDER BY ABS(balance - ledger) DESC, wallet_id, currency
