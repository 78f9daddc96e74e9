"""Addresses of sources: a URL names a place, and never holds a secret.

What goes in: refusing what would end in logs and process lists. What stays out: what each kind of URL means (sources).
"""

from urllib.parse import parse_qsl, urlsplit

SECRETS = frozenset({"password", "sslpassword", "adminkey", "key", "token", "oauth_client_secret"})
IN_A_URL = (
    "the URL has a password or key in it, where logs and process lists show it; leave it out, and give it by "
    "environment or file: PGPASSWORD, PGPASSFILE or connection.password_file; CONVEX_DEPLOY_KEY or "
    "connection.deploy_key_file"
)


def refuse_password(url: str) -> None:
    """Raise ValueError for a URL with a secret in it; the URL is not repeated."""
    if "://" not in url and "password=" in url.lower():
        raise ValueError(IN_A_URL)
    parts = urlsplit(url.strip())
    said = {key.lower() for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if parts.password is not None or said & SECRETS:
        raise ValueError(IN_A_URL)
