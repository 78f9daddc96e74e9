-- The attempts to write a transaction that came, failed ones too.
SELECT attempt_id, attempted_at, failed, source_created_at
FROM staged
