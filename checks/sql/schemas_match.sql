-- Every audited column is there, spelled as the mapping says, with statuses the mapping lists and ids that are single.
SELECT table_name, column_name, '' AS row_id, 'is spelled as ' || found || ', not as ' || expected AS problem, received AS affected
FROM source_columns
WHERE NOT allowed
UNION ALL
SELECT table_name, column_name, COALESCE(row_id, '') AS row_id, reason AS problem, CAST(1 AS BIGINT) AS affected
FROM quarantine
WHERE NOT (reason LIKE 'is no exact integer%'
        AND ((table_name = 'transactions' AND column_name = 'amount')
            OR (table_name = 'wallet_balances' AND column_name = 'recorded')
            OR (table_name = 'wallets' AND column_name = 'balance')))
    AND reason NOT LIKE 'is not spelled as%'
UNION ALL
SELECT 'transactions' AS table_name, 'status' AS column_name, '' AS row_id,
    'has the unlisted value ' || status AS problem, affected
FROM (SELECT status, COUNT(*) AS affected FROM transactions WHERE status IS NOT NULL GROUP BY status) AS found
WHERE NOT EXISTS (SELECT 1 FROM statuses WHERE statuses.status = found.status)
UNION ALL
SELECT 'wallets' AS table_name, 'wallet_id' AS column_name, wallet_id AS row_id,
    'occurs more than once' AS problem, COUNT(*) AS affected
FROM wallets
GROUP BY wallet_id
HAVING COUNT(*) > 1
UNION ALL
SELECT 'wallet_balances' AS table_name, 'projection_id' AS column_name, projection_id AS row_id,
    'occurs more than once' AS problem, COUNT(*) AS affected
FROM wallet_balances
GROUP BY projection_id
HAVING COUNT(*) > 1
ORDER BY table_name, column_name, problem, row_id
