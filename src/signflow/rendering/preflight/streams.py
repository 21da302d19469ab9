"""What a stream holds once its filters are undone, within bounds.

Source: ISO 32000-1, 7.4 (filters); ISO 19005-2, 6.1.7.2.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from typing import NamedTuple

PERMITTED = frozenset(
    {
        "ASCIIHexDecode",
        "ASCII85Decode",
        "FlateDecode",
        "RunLengthDecode",
        "CCITTFaxDecode",
        "JBIG2Decode",
        "DCTDecode",
        "JPXDecode",
    }
)
_MOST_FILTERS = 4
_SLOW_BYTES = 4_000_000  # more than this is not undone byte by byte
_WIDEST_ROW = 1 << 16
_NONE, _PNG = 1, 10  # predictors: none; from here on those of PNG (ISO 32000-1, table 10)
_PNG_NONE, _PNG_UP = 0, 2
_SPACE = b"\0\t\n\f\r "


class UndecodableError(Exception):
    """The bytes are not what their filters say."""


class UnjudgedError(Exception):
    """The bytes are too many, or packed in a way that is not undone here."""


class Prediction(NamedTuple):
    """How rows of bytes were predicted before they were packed (ISO 32000-1, 7.4.4.4)."""

    predictor: int = _NONE
    row_bytes: int = 1


def decode(data: bytes, filters: Sequence[str], predictions: Sequence[Prediction], most: int) -> bytes:
    """The bytes with the filters undone, first to last.

    Raises:
        UndecodableError: A filter does not fit the bytes.
        UnjudgedError: A filter is not among those that text is packed with, or there are more than `most` bytes.
    """
    if len(filters) > _MOST_FILTERS:
        raise UnjudgedError
    for name, prediction in zip(filters, predictions, strict=True):
        if name == "FlateDecode":
            data = _unpredicted(_inflated(data, most), prediction)
        elif len(data) > _SLOW_BYTES:
            raise UnjudgedError
        elif name == "ASCIIHexDecode":
            data = _from_hexadecimal(data)
        elif name == "ASCII85Decode":
            data = _from_base_85(data)
        else:
            raise UnjudgedError
    return data


def _inflated(data: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, most)
    except zlib.error as error:
        raise UndecodableError from error
    if unpacker.unconsumed_tail:
        raise UnjudgedError
    if not unpacker.eof:
        raise UndecodableError
    return unpacked


def _from_hexadecimal(data: bytes) -> bytes:
    digits = data.partition(b">")[0].translate(None, _SPACE)
    try:
        return bytes.fromhex(digits.decode("ascii") + "0" * (len(digits) % 2))
    except ValueError as error:
        raise UndecodableError from error


def _from_base_85(data: bytes) -> bytes:
    try:
        return base64.a85decode(data.strip(_SPACE), adobe=True, ignorechars=_SPACE)
    except ValueError as error:
        raise UndecodableError from error


def _unpredicted(data: bytes, prediction: Prediction) -> bytes:
    """The rows as they were, where each is as it was written or as it differs from the one above."""
    if prediction.predictor == _NONE:
        return data
    width = prediction.row_bytes
    if prediction.predictor < _PNG or not 0 < width <= _WIDEST_ROW or len(data) > _SLOW_BYTES:
        raise UnjudgedError
    above = bytes(width)
    rows: list[bytes] = []
    for start in range(0, len(data), width + 1):
        kind, row = data[start], data[start + 1 : start + 1 + width]
        if kind == _PNG_UP:
            row = bytes((one + up) & 0xFF for one, up in zip(row, above, strict=False))
        elif kind != _PNG_NONE:
            raise UnjudgedError
        rows.append(row)
        above = row.ljust(width, b"\0")
    return b"".join(rows)
