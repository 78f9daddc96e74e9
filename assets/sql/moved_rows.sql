-- Rows that are no longer in their month but in another: the new side of them.
SELECT present.transaction_id, CAST(to_json(present) AS VARCHAR) AS after
FROM present
WHERE present.transaction_id IN (SELECT transaction_id FROM gone)
