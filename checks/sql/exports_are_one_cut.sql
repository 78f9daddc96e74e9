-- All tables of the export show one and the same instant.
SELECT cut_at, bound, proof
FROM source_cut
WHERE proof = 'absent'
