-- Gross drift of a currency does not rise three reconciliations running.
WITH latest AS (
    SELECT MAX(sequence) AS sequence FROM drift_history
),
compared AS (
    SELECT drift_history.currency,
        MAX(CASE WHEN drift_history.sequence = latest.sequence - 3 THEN drift_history.gross END) AS first_gross,
        MAX(CASE WHEN drift_history.sequence = latest.sequence - 2 THEN drift_history.gross END) AS second_gross,
        MAX(CASE WHEN drift_history.sequence = latest.sequence - 1 THEN drift_history.gross END) AS third_gross,
        MAX(CASE WHEN drift_history.sequence = latest.sequence THEN drift_history.gross END) AS gross
    FROM drift_history
    CROSS JOIN latest
    GROUP BY drift_history.currency
)
SELECT currency, first_gross, second_gross, third_gross, gross, gross - first_gross AS rise
FROM compared
WHERE first_gross < second_gross AND second_gross < third_gross AND third_gross < gross
ORDER BY rise DESC, currency
