-- Rows of a month that did not stand before, though they are older than the cut before by more than the grace.
SELECT present.transaction_id, CAST(to_json(present) AS VARCHAR) AS after
FROM present
ANTI JOIN before
    ON present.transaction_hash = before.transaction_hash AND present.transaction_id = before.transaction_id
WHERE present.created_at < (SELECT since FROM asked)
