-- Every required table is there and not empty, and rows and sums are the source's own from there to what was written.
SELECT table_name, source_name, received, source_rows, written, quarantined, received_sum, source_sum, written_sum,
    CASE
        WHEN required AND received = 0 THEN 'it is empty'
        WHEN received <> written + quarantined THEN 'rows were lost or written twice'
        WHEN received <> source_rows THEN 'the source itself counts ' || source_rows
        WHEN received_sum <> written_sum THEN 'they sum to ' || received_sum || ', the written ones to ' || written_sum
        ELSE 'they sum to ' || received_sum || ', by the source itself to ' || source_sum
    END AS problem
FROM source_tables
WHERE (required AND received = 0) OR received <> written + quarantined OR received <> source_rows
    OR received_sum <> written_sum
    OR (quarantined = 0 AND received_sum <> source_sum)
ORDER BY table_name
