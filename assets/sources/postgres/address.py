"""Where a PostgreSQL ledger is, and how it is logged in to without a password ever standing in a URL.

What goes in: from a URL and a file of a secret to what libpq is given. What stays out: connecting (session).
"""

from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from assets.addresses import refuse_password
from assets.errors import MappingError

SCHEMES = ("postgresql://", "postgres://")
SESSION = (
    "-c default_transaction_read_only=on -c TimeZone=UTC -c client_encoding=UTF8 -c row_security=off "
    "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
)
"""What every session is set to: it only reads, no rows are hidden from it, and nothing cuts it short."""


def conninfo(url: str, password_file: Path | None) -> str:
    """Return the URL with all that a session needs; it may hold the password, and is shown to nobody.

    Raises MappingError for a URL with a password in it, or a file that cannot be read.
    """
    try:
        refuse_password(url)
    except ValueError as error:
        message = f"{error}."
        raise MappingError(message) from None
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    asked["options"] = f"{asked.get('options', '')} {SESSION}".strip()
    asked.setdefault("application_name", "tieout")
    asked.setdefault("connect_timeout", "20")
    if password_file:
        asked["password"] = _secret(password_file)
    query = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in asked.items())
    return parts._replace(query=query).geturl()


def _secret(path: Path) -> str:
    try:
        text = path.read_text().strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: the password file cannot be read ({getattr(error, 'strerror', None) or 'not a text'})."
        raise MappingError(message) from None
    if not text:
        message = f"{path}: the password file is empty."
        raise MappingError(message)
    return text
