"""The double's encodings and ids against figures written out by Convex' own tests, or worked out by hand."""

import json
import math
import struct
from random import Random

import pytest

from tests.convex_double.values import (
    Form,
    converted,
    decode_id,
    decoded,
    encode_id,
    export_json,
    new_id,
    text_of,
)

ALL_FORMS = (Form.EXPORT, Form.ENCODED, Form.CLEAN)
LEAST_FLOAT64 = -1.7976931348623157e308


@pytest.mark.parametrize(
    ("value", "export", "encoded", "clean"),
    [
        (5, "5", '{"$integer":"BQAAAAAAAAA="}', '"5"'),
        (-1, "-1", '{"$integer":"//////////8="}', '"-1"'),
        (2**63 - 1, "9223372036854775807", '{"$integer":"/////////38="}', '"9223372036854775807"'),
        (-(2**63), "-9223372036854775808", '{"$integer":"AAAAAAAAAIA="}', '"-9223372036854775808"'),
        (5.0, "5.0", "5.0", "5.0"),
        (-0.0, "-0.0", '{"$float":"AAAAAAAAAIA="}', "-0.0"),
        (math.inf, '{"$float":"AAAAAAAA8H8="}', '{"$float":"AAAAAAAA8H8="}', '"Infinity"'),
        (-math.inf, '{"$float":"AAAAAAAA8P8="}', '{"$float":"AAAAAAAA8P8="}', '"-Infinity"'),
        (math.nan, '{"$float":"AAAAAAAA+H8="}', '{"$float":"AAAAAAAA+H8="}', '"NaN"'),
        (LEAST_FLOAT64, *["-1.7976931348623157e308"] * 3),
        (1e16, "1e16", "1e16", "1e16"),
        (9999999999999998.0, *["9999999999999998.0"] * 3),
        (0.00001234, *["0.00001234"] * 3),
        (-0.00001, *["-0.00001"] * 3),
        (1.5e-6, *["1.5e-6"] * 3),
        (b"\x00\x10\x83", '{"$bytes":"ABCD"}', '{"$bytes":"ABCD"}', '"ABCD"'),
        (None, "null", "null", "null"),
        (True, "true", "true", "true"),
        ('é"\n\u0001', *['"é\\"\\n\\u0001"'] * 3),
        ([1, [2.0]], "[1,[2.0]]", '[{"$integer":"AQAAAAAAAAA="},[2.0]]', '["1",[2.0]]'),
    ],
)
def test_values_are_spelt_as_convex_spells_them(value: object, export: str, encoded: str, clean: str) -> None:
    assert [text_of(value, form) for form in ALL_FORMS] == [export, encoded, clean]
    document = {"v": value}
    assert export_json(document) == f'{{"v":{export}}}'
    assert converted(export_json(document), Form.ENCODED) == f'{{"v":{encoded}}}'
    assert converted(export_json(document), Form.CLEAN) == f'{{"v":{clean}}}'
    assert repr(decoded(export_json(document))) == repr(document)


def test_the_payload_of_a_nan_is_kept() -> None:
    payload = bytes.fromhex("efbeadde0000f87f")
    text = text_of(struct.unpack("<d", payload)[0], Form.EXPORT)
    assert struct.pack("<d", decoded(f'{{"v":{text}}}')["v"]) == payload


def test_keys_are_in_byte_order_and_missing_fields_stay_missing() -> None:
    document = {"b": None, "_id": "x", "Z": {"y": 1, "_": 2}, "a": 1e20}
    assert export_json(document) == '{"Z":{"_":2,"y":1},"_id":"x","a":1e20,"b":null}'
    assert "c" not in json.loads(export_json(document))


@pytest.mark.parametrize("value", [2**63, {1, 2}, 1e16 + 2**70 * 1j])
def test_what_convex_has_no_value_for_is_an_error(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        export_json({"v": value})


def test_an_id_is_that_of_convex_own_test() -> None:
    internal = [251]
    while len(internal) < 16:
        internal.append(internal[-1] * 251 % 256)
    assert encode_id(1017, bytes(internal)) == "z43zp6c3e75gkmz1kfwj6mbbx5sw281h"
    assert decode_id("z43zp6c3e75gkmz1kfwj6mbbx5sw281h") == (1017, bytes(internal))


@pytest.mark.parametrize(("number", "length"), [(1, 31), (127, 31), (128, 32), (10_001, 32), (2**32 - 1, 37)])
def test_ids_come_back_and_a_changed_letter_shows(number: int, length: int) -> None:
    random = Random(number)  # noqa: S311 - ids, no secret
    document_id = new_id(number, random)
    assert len(document_id) == length
    assert decode_id(document_id)[0] == number
    for place in range(len(document_id) - 1):
        other = "0" if document_id[place] != "0" else "8"
        with pytest.raises(ValueError, match="id"):
            decode_id(document_id[:place] + other + document_id[place + 1 :])


@pytest.mark.parametrize("text", ["", "w1", "sssswsgggggggggsgcsssfafffsffks", "i" * 32, "0" * 32])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"id|substring"):
        decode_id(text)


def test_ids_of_one_table_sort_as_their_bytes_do() -> None:
    random = Random(3)  # noqa: S311 - ids, no secret
    ids = [new_id(10_001, random) for _ in range(200)]
    assert sorted(ids) == sorted(ids, key=lambda one: decode_id(one)[1])
