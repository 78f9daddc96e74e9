-- Stored balances that lack exactly the settled rows after they were last updated.
SELECT entries.parting_key, partings.updated_at AS window_from,
    MIN(entries.place) AS parted_from, MAX(entries.place) AS parted_to, COUNT(*) AS window_rows
FROM entries
INNER JOIN partings ON partings.parting_key = entries.parting_key
WHERE entries.settled AND entries.created_at > partings.updated_at
GROUP BY entries.parting_key, partings.updated_at, partings.drift
HAVING SUM(CAST(entries.amount AS HUGEINT)) = -partings.drift
ORDER BY entries.parting_key
