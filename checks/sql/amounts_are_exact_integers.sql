-- Every transaction amount is a whole number of minor units that its source can hold exactly.
SELECT row_id AS transaction_id, reason, document
FROM quarantine
WHERE table_name = 'transactions' AND column_name = 'amount' AND reason LIKE 'is no exact integer%'
ORDER BY row_id
