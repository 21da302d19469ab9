"""As much of a signature's CMS as PDF/A has rules for: how many signed, and whether the signer's certificate is in it.

Whether the signature holds is not asked here.

Source: RFC 5652, 5.1, 5.3, 10.2.4; X.690, 8.1, 10.1; ISO 19005-2, 6.4.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signflow.rendering.preflight.syntax import MalformedError

_SEQUENCE, _SET, _CERTIFICATES, _VERSION = 0x30, 0x31, 0xA0, 0xA0
_LONG = 0x80
_LONGEST_LENGTH = 4
_MOST_ELEMENTS = 1_000


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signed.

    Attributes:
        count: How many signers there are.
        has_certificate: Whether the certificate of the first is there.
    """

    count: int
    has_certificate: bool


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    content: bytes
    encoded: bytes


def read_signers(cms: bytes) -> Signers:
    """The signers of CMS SignedData in DER; what follows it is padding.

    Raises:
        MalformedError: It is none.
    """
    outer = _first(cms)
    content = list(_elements(_of(outer, _SEQUENCE)))
    if len(content) < 2:
        raise MalformedError(0)
    signed = list(_elements(_of(_first(content[1].content), _SEQUENCE)))
    certificates = [one for part in signed if part.tag == _CERTIFICATES for one in _elements(part.content)]
    signers = list(_elements(_of(signed[-1], _SET))) if signed else []
    if not signers:
        return Signers(0, False)
    named = list(_elements(_of(signers[0], _SEQUENCE)))
    identities = {identity for one in certificates if (identity := _identity(one))}
    return Signers(len(signers), len(named) > 1 and named[1].content in identities)


def _identity(certificate: _Element) -> bytes | None:
    """Issuer and serial number as a signer is named by them; None for what is no certificate."""
    try:
        parts = [one for one in _elements(_first(certificate.content).content) if one.tag != _VERSION]
    except MalformedError:
        return None
    return parts[2].encoded + parts[0].encoded if len(parts) > 2 else None


def _of(element: _Element, tag: int) -> bytes:
    if element.tag != tag:
        raise MalformedError(0)
    return element.content


def _first(data: bytes) -> _Element:
    found = next(_elements(data), None)
    if found is None:
        raise MalformedError(0)
    return found


def _elements(data: bytes) -> Iterator[_Element]:
    """The elements that stand one after the other."""
    at = 0
    for _ in range(_MOST_ELEMENTS):
        if at + 2 > len(data):
            return
        length, start = data[at + 1], at + 2
        if length >= _LONG:
            size = length - _LONG
            if not 0 < size <= _LONGEST_LENGTH:
                raise MalformedError(at)
            length = int.from_bytes(data[start : start + size])
            start += size
        if start + length > len(data):
            raise MalformedError(at)
        yield _Element(data[at], data[start : start + length], data[at : start + length])
        at = start + length
