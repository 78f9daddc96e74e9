-- What commits or running balances say of a drift that they explain whole; rows lost to the end make it stale.
WITH told AS (
    SELECT parted.parting_key, parted.evidence, parted.parted, parted.parted_from, parted.parted_to, parted.cause,
        parted.without_row, parted.parted_at,
        COUNT(entries.place) AS rows_after
    FROM parted
    LEFT JOIN entries
        ON entries.parting_key = parted.parting_key AND entries.place >= parted.parted_from AND entries.settled
    WHERE parted.explains
    GROUP BY ALL
)
SELECT parting_key,
    CASE WHEN cause = 'missed_apply' AND parted > 1 AND rows_after = parted THEN 'stale' ELSE cause END AS cause,
    CASE evidence WHEN 'commits' THEN 10 ELSE 12 END AS rank,
    CASE WHEN parted_from = parted_to AND NOT without_row THEN parted_from END AS place,
    1 AS candidates, parted AS rows, parted_at AS since
FROM told
