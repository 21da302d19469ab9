"""ASN.1 values that stay the bytes they were read from.

asn1crypto takes a header that merely ends in 0x80 for one of indefinite length, and then encodes the value anew with all
its parts, twice at every level: a timestamp token of an unlucky length costs seconds each time it is copied. These
values are given out as the bytes they are.
"""

from __future__ import annotations

from asn1crypto import cms, core


class _Kept(core.Asn1Value):
    def dump(self, force: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 -- asn1crypto's signature
        """The bytes, whatever is asked."""
        return core.Asn1Value.dump(self)


class KeptToken(_Kept, cms.ContentInfo):
    """A timestamp token."""


class KeptAttributes(_Kept, cms.CMSAttributes):
    """Signed or unsigned attributes."""


class KeptSignerInfo(_Kept, cms.SignerInfo):
    """What one signer says."""
