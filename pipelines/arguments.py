"""What commands accept for an argument, each spelling in one place.

What goes in: one function from a text to a value, or to the sentence that refuses it. What stays out: commands.
"""

import argparse
import re

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def month(text: str) -> str:
    """Accept a month such as 2025-01; raise ArgumentTypeError for any other text."""
    if not MONTH.fullmatch(text):
        message = f"{text!r} is no month such as 2025-01"
        raise argparse.ArgumentTypeError(message)
    return text
