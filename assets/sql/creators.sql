-- Everyone who wrote a row: the user behind the name, and whether the configuration authorises it.
WITH found AS (
    SELECT creator_key, MIN(created_by) AS created_by
    FROM transactions
    WHERE creator_key IS NOT NULL
    GROUP BY creator_key
),
names AS (
    SELECT user_id AS name, user_id, is_admin FROM users
    UNION ALL
    SELECT login_id AS name, user_id, is_admin FROM users WHERE login_id IS NOT NULL AND login_id <> user_id
)
SELECT
    found.creator_key,
    found.created_by,
    MIN(names.user_id) AS user_id,
    COALESCE(bool_or(names.is_admin), false) AS is_admin,
    EXISTS (
        SELECT 1 FROM authorised_creators WHERE found.created_by LIKE authorised_creators.pattern ESCAPE '\'
    ) AS is_authorised
FROM found
LEFT JOIN names ON names.name = found.created_by
GROUP BY found.creator_key, found.created_by
ORDER BY found.created_by
