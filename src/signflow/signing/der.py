"""DER written by hand, for what is put together of ready-made parts many times a second.

Source: ITU-T X.690, 8.1 and 10.1.
"""

from __future__ import annotations

INTEGER = 0x02
OCTET_STRING = 0x04
GENERALIZED_TIME = 0x18
SEQUENCE = 0x30
SET = 0x31


def tlv(tag: int, *parts: bytes) -> bytes:
    """A value of that tag, its contents the parts one after another."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def context(number: int, *parts: bytes) -> bytes:
    """A constructed value with the context's tag of that number, below 31."""
    return tlv(0xA0 | number, *parts)


def integer(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def set_of(*parts: bytes) -> bytes:
    """A SET OF, its values in the order of their encodings. Source: ITU-T X.690, 11.6."""
    return tlv(SET, *sorted(parts))
