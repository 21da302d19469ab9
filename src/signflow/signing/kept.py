"""A timestamp token that stays the bytes it was read from.

asn1crypto takes a header that merely ends in 0x80 for one of indefinite length, and then encodes the value anew with all
its parts, twice at every level: a token of an unlucky length costs seconds each time it is copied.
"""

from __future__ import annotations

from asn1crypto import cms, core


class KeptToken(cms.ContentInfo):
    """A timestamp token, given out as the bytes it is."""

    def dump(self, force: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 -- asn1crypto's signature
        """The bytes, whatever is asked."""
        return core.Asn1Value.dump(self)
