-- The day of the cut, in the zone of the ledger.
SELECT CAST(cut_at AT TIME ZONE zone AS DATE) AS cut_day
FROM ledger
