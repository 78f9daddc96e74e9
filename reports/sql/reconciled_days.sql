-- The day of every earlier cut, in the zone of the ledger, and what its reconciliation came to.
SELECT CAST(reconciled.cut_at AT TIME ZONE ledger.zone AS DATE) AS day, reconciled.verdict
FROM reconciled
CROSS JOIN ledger
ORDER BY day, verdict
