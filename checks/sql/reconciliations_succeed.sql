-- Not all of the last three reconciliations before this one failed.
WITH success AS (
    SELECT COALESCE(MAX(sequence), 0) AS last_sequence FROM run_history WHERE succeeded
),
failing AS (
    SELECT run_history.sequence, run_history.run_id, run_history.began_at, run_history.ended_at, run_history.failure
    FROM run_history
    CROSS JOIN success
    WHERE run_history.sequence > success.last_sequence
),
streak AS (
    SELECT COUNT(*) AS failures FROM failing
)
SELECT failing.run_id, failing.began_at, failing.ended_at, failing.failure, streak.failures
FROM failing
CROSS JOIN streak
WHERE streak.failures >= 3
ORDER BY failing.sequence DESC
