-- Rows of one creator, of one kind, or with a sign against their kind, that explain a whole drift together.
WITH sets AS (
    SELECT parting_key, 'created by ' || created_by AS rows_of, 1 AS weight, amount, place
    FROM entries
    WHERE settled AND created_by IS NOT NULL
    UNION ALL
    SELECT parting_key, 'of kind ' || kind AS rows_of, 1 AS weight, amount, place
    FROM entries
    WHERE settled
    UNION ALL
    SELECT entries.parting_key, 'with a sign against their kind' AS rows_of, 2 AS weight, entries.amount, entries.place
    FROM entries
    INNER JOIN kinds ON kinds.kind = entries.kind
    WHERE entries.settled
        AND ((kinds.sign = 'debit' AND entries.amount > 0) OR (kinds.sign = 'credit' AND entries.amount < 0))
),
summed AS (
    SELECT parting_key, rows_of, weight, COUNT(*) AS row_count, SUM(CAST(amount AS HUGEINT)) * weight AS amount,
        MIN(place) AS place
    FROM sets
    GROUP BY parting_key, rows_of, weight
    HAVING COUNT(*) > 1
),
whole AS (
    SELECT parting_key, COUNT(*) AS row_count FROM entries WHERE settled GROUP BY parting_key
)
SELECT summed.parting_key,
    CASE
        WHEN summed.weight = 2 THEN 'sign_lost'
        WHEN summed.amount = -CAST(partings.drift AS HUGEINT) THEN 'missed_apply'
        ELSE 'double_apply'
    END AS cause,
    CASE summed.weight WHEN 2 THEN 41 ELSE 42 END AS rank,
    summed.place, COUNT(*) OVER (PARTITION BY summed.parting_key) AS candidates, summed.row_count AS rows, summed.rows_of
FROM summed
INNER JOIN whole ON whole.parting_key = summed.parting_key
INNER JOIN partings ON partings.parting_key = summed.parting_key
WHERE partings.copies > 0
    AND partings.drift <> 0
    AND (summed.amount = -CAST(partings.drift AS HUGEINT)
        OR (summed.weight = 1 AND summed.amount = CAST(partings.drift AS HUGEINT)))
    AND (summed.row_count < whole.row_count OR summed.weight = 2)
