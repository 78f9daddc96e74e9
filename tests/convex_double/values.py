"""Convex values as JSON text, and document ids.

What goes in: the three encodings of a value, the way back from the lossless one, and the id codec. What stays out:
where documents are kept. Text is built here rather than by a JSON library because the spelling of a number is the
only thing that tells Int64 from Float64.
"""

import base64
import json
import math
import re
import struct
from enum import Enum
from random import Random
from typing import Any

Document = dict[str, Any]
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
INT64 = range(-(2**63), 2**63)
UNUSUAL = re.compile(r"[0-9]e[+-]|[0-9]{19}")
"""Numbers that Python spells otherwise than Convex, or that may not fit; text that looks so costs only time."""


class Form(Enum):
    """An encoding of values, by the name that a client asks for it with."""

    EXPORT = "export_json"
    ENCODED = "convex_encoded_json"
    CLEAN = "json"


FORMS = {form.value: form for form in Form} | {"convex_json": Form.ENCODED, "convex_clean_json": Form.CLEAN}


def export_json(document: Document) -> str:
    """Return the lossless text of a document; it is also how the double keeps documents."""
    try:
        text = USUAL.encode(document)
    except ValueError:
        return text_of(document, Form.EXPORT)
    return text_of(document, Form.EXPORT) if UNUSUAL.search(text) else text


def text_of(value: Any, form: Form) -> str:  # noqa: ANN401 - any Convex value
    """Return a value as compact JSON, keys in byte order."""
    if isinstance(value, dict):
        members = (f"{_string(key)}:{text_of(value[key], form)}" for key in sorted(value))
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(text_of(item, form) for item in value) + "]"
    if isinstance(value, bytes):
        wrapped = _wrapped_bytes(value)
        return json.dumps(wrapped["$bytes"] if form is Form.CLEAN else wrapped, separators=(",", ":"))
    if value is None or isinstance(value, (bool, str)):
        return _string(value)
    return _float64(value, form) if isinstance(value, float) else _int64(value, form)


def converted(text: str, form: Form) -> str:
    """Return the text of a kept document in another encoding."""
    return text if form is Form.EXPORT else text_of(decoded(text), form)


def decoded(text: str) -> Document:
    """Return the document that lossless text holds."""
    return json.loads(text, object_hook=_unwrapped)  # type: ignore[no-any-return]


def _string(value: str | bool | None) -> str:  # noqa: FBT001 - a value, no switch
    return json.dumps(value, ensure_ascii=False)


def _wrapped_bytes(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        message = f"Convex has no value such as {value!r}"
        raise TypeError(message)
    return {"$bytes": base64.b64encode(value).decode()}


def _unwrapped(value: Document) -> Any:  # noqa: ANN401 - any Convex value
    match value:
        case {"$bytes": str(text)}:
            return base64.b64decode(text)
        case {"$float": str(text)}:
            return struct.unpack("<d", base64.b64decode(text))[0]
        case _:
            return value


def _int64(value: int, form: Form) -> str:
    if value not in INT64:
        message = f"{value} is no Int64"
        raise ValueError(message)
    if form is Form.ENCODED:
        return f'{{"$integer":"{base64.b64encode(struct.pack("<q", value)).decode()}"}}'
    return f'"{value}"' if form is Form.CLEAN else str(value)


def _float64(value: float, form: Form) -> str:
    negative_zero = value == 0 and math.copysign(1, value) < 0
    if math.isfinite(value) and not (negative_zero and form is Form.ENCODED):
        return _digits(value)
    if form is Form.CLEAN:
        return '"NaN"' if math.isnan(value) else '"Infinity"' if value > 0 else '"-Infinity"'
    return f'{{"$float":"{base64.b64encode(struct.pack("<d", value)).decode()}"}}'


def _digits(value: float) -> str:
    """Return the shortest decimal, spelt as Rust does: `1e16`, `1.5e-7`, and no exponent at `0.00001234`."""
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    power = int(exponent)
    if power != -5:
        return f"{mantissa}e{power}"
    sign = "-" if value < 0 else ""
    return f"{sign}0.0000{mantissa.lstrip('-').replace('.', '')}"


USUAL = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=_wrapped_bytes
)
"""Python's own encoder, which is fast, and right for all but unusual numbers."""


def encode_id(table_number: int, internal: bytes) -> str:
    """Return the id of a document: its table's number, its 16 bytes and their checksum, in base32."""
    return base32(_checked(_varint(table_number) + internal))


def decode_id(text: str) -> tuple[int, bytes]:
    """Return a table's number and 16 bytes, or raise ValueError where the text is no id."""
    data = unbase32(text)
    number, size = 0, 0
    for size, byte in enumerate(data[:5], start=1):
        number |= (byte & 127) << 7 * (size - 1)
        if byte < 128:
            break
    body = data[: size + 16]
    if not 0 < number < 2**32 or len(body) != size + 16 or data != _checked(body):
        message = f"{text!r} is no document id"
        raise ValueError(message)
    return number, body[size:]


def new_id(table_number: int, random: Random) -> str:
    """Return an id that no other document has."""
    return encode_id(table_number, random.randbytes(16))


def base32(data: bytes) -> str:
    """Write bytes as Crockford's base32 in lower case, the last letter filled up with zero bits."""
    count = -(-len(data) * 8 // 5)
    number = int.from_bytes(data) << count * 5 - len(data) * 8
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(count - 1, -1, -1))


def unbase32(text: str) -> bytes:
    """Read what base32 wrote; raise ValueError at any other letter."""
    number = 0
    for letter in text:
        number = number << 5 | ALPHABET.index(letter)
    size = len(text) * 5 // 8
    return (number >> len(text) * 5 - size * 8).to_bytes(size)


def _varint(number: int) -> bytes:
    data = bytearray()
    while number >= 128:
        data.append(number & 127 | 128)
        number >>= 7
    return bytes([*data, number])


def _checked(data: bytes) -> bytes:
    """Return the bytes followed by their Fletcher-16 checksum modulo 256, plain sum first."""
    plain = sum(data)
    weighted = sum((len(data) - place) * byte for place, byte in enumerate(data))
    return data + bytes((plain & 255, weighted & 255))
