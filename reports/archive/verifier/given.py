"""What someone who verifies was given: a public key, by another way than the archive.

What goes in: reading it from the words of a call. What stays out: what it must have signed (log).
"""

import argparse

from reports.archive.verifier.breaks import from_base64

KEY_BYTES = 32


def given_key(text: str) -> str:
    """Return an Ed25519 key in base64; raise ArgumentTypeError for what is none."""
    try:
        size = len(from_base64(text.strip()))
    except ValueError:
        size = 0
    if size != KEY_BYTES:
        message = f"{text!r} is no Ed25519 key in base64, such as 'tieout keys' prints: 43 signs and ="
        raise argparse.ArgumentTypeError(message)
    return text.strip()
