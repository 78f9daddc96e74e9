-- Known names that are nearest to one that is not known.
SELECT names.name
FROM names
CROSS JOIN asked
ORDER BY damerau_levenshtein(names.name, asked.name), names.name
LIMIT 3
