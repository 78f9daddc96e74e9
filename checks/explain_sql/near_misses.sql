-- Known names that are nearest to one that is not known, as far as few letters make the difference.
SELECT names.name
FROM names
CROSS JOIN asked
WHERE damerau_levenshtein(names.name, asked.name) <= 2 + length(asked.name) // 5
ORDER BY damerau_levenshtein(names.name, asked.name), names.name
LIMIT 3
