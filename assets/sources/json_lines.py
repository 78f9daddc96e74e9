"""What a line of JSON is, where DuckDB is laxer or says less.

What goes in: one line, or many, as bytes. What stays out: where they come from (chunks, archive), and what
the documents mean (json_documents).
"""

import json
import re

LINE_BYTES = 8 << 20
"""No line may be longer; a Convex document holds 1 MiB."""
TRAILING_COMMA = re.compile(rb",\s*[}\]]")
"""What DuckDB reads though it is no JSON, unless it stands inside a text."""


class NotJsonError(ValueError):
    """A line is not JSON; the message says why."""


def refuse_trailing_commas(lines: bytes) -> None:
    """Raise NotJsonError for a comma before a closing bracket; only lines that seem to have one are parsed."""
    end = 0
    for comma in TRAILING_COMMA.finditer(lines):
        if comma.start() >= end:
            start, end = lines.rfind(b"\n", 0, comma.start()) + 1, lines.find(b"\n", comma.end())
            end = len(lines) if end < 0 else end
            if wrong := wrong_with(lines[start:end]):
                raise NotJsonError(wrong)


def wrong_with(line: bytes) -> str | None:
    """Say why a line is not JSON, or return nothing."""
    if len(line) >= LINE_BYTES:
        return f"longer than {LINE_BYTES >> 20} MiB, as no document of Convex is"
    if not line.strip():
        return None
    try:
        json.dumps(json.loads(line.decode()), ensure_ascii=False).encode()
    except UnicodeDecodeError:
        return "not valid UTF-8"
    except UnicodeEncodeError:
        return "not valid JSON (half a surrogate pair)"
    except (ValueError, RecursionError) as error:
        return f"not valid JSON ({error})"
    return None
