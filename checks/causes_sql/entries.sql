-- The ledger rows behind each stored balance, in ledger order, with the settled sum after each instant.
SELECT
    members.parting_key,
    row_number() OVER (
        PARTITION BY members.parting_key
        ORDER BY transactions.created_at, transactions.source_created_at NULLS FIRST, transactions.transaction_id
    ) AS place,
    transactions.transaction_id,
    transactions.amount,
    transactions.kind,
    transactions.created_by,
    transactions.settled,
    transactions.created_at,
    COALESCE(transactions.source_created_at, transactions.created_at) AS written_at,
    transactions.running_balance,
    transactions.commit_ns,
    CAST(SUM(CASE WHEN transactions.settled THEN transactions.amount ELSE 0 END) OVER (
        PARTITION BY members.parting_key
        ORDER BY transactions.created_at
        RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS DECIMAL(38, 0)) AS running,
    SUM(CASE WHEN transactions.settled THEN 1 ELSE 0 END) OVER (
        PARTITION BY members.parting_key
        ORDER BY transactions.created_at
        RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS settled_rows
FROM transactions
INNER JOIN members ON members.wallet_key = transactions.wallet_key AND members.currency = transactions.currency
