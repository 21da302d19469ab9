"""Values that must come out as they went in, whatever their length happens to be."""

from __future__ import annotations

import pytest
from asn1crypto import cms

from signflow.signing.kept import KeptToken


def _token(length: int) -> bytes:
    """A token-shaped value whose header states exactly that length."""
    made = (cms.ContentInfo({"content_type": "data", "content": b"x" * filler}).dump() for filler in range(length))
    return next(der for der in made if der.startswith(_header(length)))


def _header(length: int) -> bytes:
    return bytes([0x30, 0x82, *length.to_bytes(2)])


@pytest.mark.parametrize("length", [0x0180, 0x0280, 0x0480])
def test_a_header_that_ends_in_0x80_does_not_make_a_token_be_encoded_anew(length: int) -> None:
    der = _token(length)
    token = KeptToken.load(der)
    assert token.dump() == token.dump(force=True) == der
    attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
    assert der in attribute.dump()
    assert token.children is None  # nobody has looked into it
