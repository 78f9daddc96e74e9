-- What each commit made of a recorded balance, and by how much it moved it; all since commits are known.
WITH standing AS (
    SELECT projection_id, wallet_id, currency, commit_ns, recorded
    FROM earlier_wallet_balances
    WHERE projection_id IN (SELECT projection_id FROM revised_wallet_balances)
),
revised AS (
    SELECT revised.projection_id, revised.wallet_id, revised.currency, revised.commit_ns, revised.removed,
        CASE WHEN NOT revised.removed THEN revised.recorded END AS recorded
    FROM revised_wallet_balances AS revised
    LEFT JOIN standing ON standing.projection_id = revised.projection_id
    WHERE revised.refused_reason IS NULL AND revised.commit_ns > COALESCE(standing.commit_ns, 0)
),
moved AS (
    SELECT
        projection_id,
        COALESCE(wallet_id, lag(wallet_id) OVER revisions) AS wallet_id,
        COALESCE(currency, lag(currency) OVER revisions) AS currency,
        commit_ns,
        recorded,
        CAST(COALESCE(recorded, 0) AS HUGEINT) - COALESCE(lag(recorded) OVER revisions, 0) AS change,
        came
    FROM (SELECT *, true AS came FROM revised UNION ALL BY NAME SELECT *, false AS came FROM standing)
    WINDOW revisions AS (PARTITION BY projection_id ORDER BY commit_ns)
)
SELECT moved.projection_id, moved.wallet_id, every_key.wallet_key, moved.currency, moved.commit_ns, moved.recorded,
    TRY_CAST(moved.change AS BIGINT) AS change, strftime(make_timestamptz(moved.commit_ns // 1000), '%Y-%m') AS month
FROM moved
INNER JOIN every_key ON every_key.wallet_id = moved.wallet_id
WHERE moved.came AND moved.commit_ns > (SELECT commits_after_ns FROM asked)
UNION ALL
SELECT projection_id, wallet_id, wallet_key, currency, commit_ns, recorded, change, month
FROM earlier_projection_revisions
WHERE commit_ns > (SELECT commits_after_ns FROM asked)
ORDER BY commit_ns, projection_id
