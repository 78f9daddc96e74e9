-- Every required table is there and not empty, and no row was lost between the source and the export.
SELECT table_name, source_name, received, source_rows, written, quarantined
FROM source_tables
WHERE (required AND received = 0) OR received <> written + quarantined OR received <> source_rows
ORDER BY table_name
