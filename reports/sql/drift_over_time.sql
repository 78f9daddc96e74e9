-- Gross drift of each currency at earlier cuts and at this one, the last sixty of them.
SELECT cut_at, currency, CAST(gross AS HUGEINT) AS gross
FROM drift_history
WHERE sequence > (SELECT MAX(sequence) - 60 FROM drift_history)
ORDER BY sequence, currency
