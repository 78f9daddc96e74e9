-- Every recorded balance and wallet total is a whole number of minor units that its source can hold exactly.
SELECT table_name, row_id, column_name, reason, document
FROM quarantine
WHERE reason LIKE 'is no exact integer%'
    AND ((table_name = 'wallet_balances' AND column_name = 'recorded')
        OR (table_name = 'wallets' AND column_name = 'balance'))
ORDER BY table_name, row_id, document
