-- Every exception of this audit beside those that stood in the audit before: new, persisting, waived, or cured.
WITH here AS (
    SELECT rule, subject, MIN(wallet_id) AS wallet_id, MIN(user_id) AS user_id, MIN(currency) AS currency,
        CAST(SUM(amount) AS DECIMAL(38, 0)) AS amount, COUNT(*) AS occurrences,
        CASE WHEN COUNT(waiver) = COUNT(*) THEN MIN(waiver) END AS waiver
    FROM found
    GROUP BY rule, subject
),
there AS (
    SELECT rule, subject, wallet_id, user_id, currency, amount, occurrences, first_seen, first_cut_at, exports, waiver,
        rule IN (SELECT rule FROM unjudged) AS is_carried
    FROM exceptions_before
    WHERE state <> 'cured'
)
SELECT
    COALESCE(here.rule, there.rule) AS rule,
    COALESCE(here.subject, there.subject) AS subject,
    CASE WHEN here.rule IS NULL THEN there.wallet_id ELSE here.wallet_id END AS wallet_id,
    CASE WHEN here.rule IS NULL THEN there.user_id ELSE here.user_id END AS user_id,
    CASE WHEN here.rule IS NULL THEN there.currency ELSE here.currency END AS currency,
    CASE WHEN here.rule IS NOT NULL THEN here.amount WHEN there.is_carried THEN there.amount END AS amount,
    there.amount AS amount_before,
    CASE WHEN here.rule IS NOT NULL THEN here.occurrences WHEN there.is_carried THEN there.occurrences ELSE 0 END
        AS occurrences,
    CASE
        WHEN here.rule IS NULL AND NOT there.is_carried THEN 'cured'
        WHEN COALESCE(here.waiver, CASE WHEN here.rule IS NULL THEN there.waiver END) IS NOT NULL THEN 'waived'
        WHEN there.rule IS NULL THEN 'new'
        ELSE 'persisting'
    END AS state,
    COALESCE(there.first_seen, asked.export_id) AS first_seen,
    COALESCE(there.first_cut_at, asked.cut_at) AS first_cut_at,
    COALESCE(there.exports, 0) + CASE WHEN here.rule IS NULL THEN 0 ELSE 1 END AS exports,
    CAST(floor(epoch(asked.cut_at - COALESCE(there.first_cut_at, asked.cut_at)) / 86400) AS BIGINT) AS days,
    CASE WHEN here.rule IS NOT NULL THEN here.waiver ELSE there.waiver END AS waiver
FROM here
FULL OUTER JOIN there ON there.rule = here.rule AND there.subject = here.subject
CROSS JOIN asked
ORDER BY rule, subject
