"""The plain verifier says what RFC 8032 and another implementation say, of good signatures and of all others."""

import random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from reports.archive.verifier.ed25519 import ORDER, PRIME, ed25519_verifies

VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
"""Tests 1 to 3 of RFC 8032, section 7.1: public key, message, signature."""


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032(public: str, message: str, signature: str) -> None:
    key, said, signed = (bytes.fromhex(text) for text in (public, message, signature))
    assert ed25519_verifies(key, said, signed)
    assert not ed25519_verifies(key, said + b"x", signed)


def test_it_agrees_with_cryptography_on_changed_signatures_keys_and_messages() -> None:
    draw = random.Random(7)  # noqa: S311 - mutations, no secret
    for place in range(60):
        key = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
        parts = [bytearray(key.public_key().public_bytes_raw()), bytearray(draw.randbytes(place))]
        parts.append(bytearray(key.sign(bytes(parts[1]))))
        if place % 3:
            part = parts[draw.choice([0, 2]) if place < 2 else draw.choice([0, 1, 2])]
            part[draw.randrange(len(part))] ^= 1 << draw.randrange(8)
        public, message, signature = (bytes(part) for part in parts)
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
            expected = True
        except (InvalidSignature, ValueError):
            expected = False
        assert ed25519_verifies(public, message, signature) == expected, place


def test_a_second_signature_for_one_message_is_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"month")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not ed25519_verifies(public, b"month", signature[:32] + scalar.to_bytes(32, "little"))
    assert not ed25519_verifies(PRIME.to_bytes(32, "little"), b"month", signature)
    assert not ed25519_verifies(public[:31], b"month", signature)
    assert not ed25519_verifies(public, b"month", signature[:63])
