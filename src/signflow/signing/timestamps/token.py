"""A token of time put together of parts that stay the same, so that it costs little more than its signature."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from pyhanko.sign import general

from signflow.signing import oids
from signflow.signing.der import GENERALIZED_TIME, OCTET_STRING, SEQUENCE, SET, context, integer, set_of, tlv
from signflow.signing.keys.signer import Signer

_ACCURACY = tlv(SEQUENCE, integer(1))  # one second
_GRANTED = tlv(SEQUENCE, integer(0))
_SERIAL_BITS = 127
_MESSAGE_DIGEST = cms.CMSAttributeType("message_digest").dump()


@dataclass(frozen=True, slots=True)
class TokenExtension:
    """What a token carries besides the time: an extension of TSTInfo, not critical.

    Attributes:
        oid: Dotted.
        value: What stands in its OCTET STRING.
    """

    oid: str
    value: bytes


class TokenBuilder:
    """Makes the tokens of one key.

    Source: RFC 3161, section 2.4.2, with RFC 5816 for the ESS signing-certificate-v2; RFC 5652, section 5.
    """

    def __init__(self, signer: Signer, extensions: Sequence[TokenExtension] = ()) -> None:
        certificate = signer.certificate
        self._signer = signer
        self._digest = signer.algorithm.digest
        self._digest_algorithm = algos.DigestAlgorithm({"algorithm": self._digest}).dump()
        self._policy = core.ObjectIdentifier(oids.LOCAL_TIMESTAMP_POLICY).dump()
        name = asn1_x509.GeneralName(name="directory_name", value=certificate.subject)
        self._trailer = context(0, name.dump()) + _extensions(extensions)
        self._content_type = cms.ContentType("tst_info").dump()
        self._signed_data = cms.ContentType("signed_data").dump()
        self._attributes = (
            general.simple_cms_attribute("content_type", "tst_info").dump(),
            general.simple_cms_attribute(
                "signing_certificate_v2", general.as_signing_certificate_v2(certificate, self._digest)
            ).dump(),
        )
        sid = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
        self._signer_head = integer(1) + sid.dump() + self._digest_algorithm
        self._algorithm = signer.algorithm.identifier.dump()
        self._certificates = context(0, *sorted(one.dump() for one in (certificate, *signer.chain)))

    def respond(self, imprint: bytes, nonce: bytes, now: dt.datetime, *, with_certificates: bool) -> bytes:
        """A response that grants a token.

        Args:
            imprint: MessageImprint, DER, given back as it is.
            nonce: INTEGER, DER, given back as it is; empty if the request had none.
            now: The time that the token states, to the second.
            with_certificates: Whether the authority's certificates come along.
        """
        content = self._content(imprint, nonce, now)
        signed = tlv(
            SEQUENCE,
            integer(3),
            tlv(SET, self._digest_algorithm),
            tlv(SEQUENCE, self._content_type, context(0, tlv(OCTET_STRING, content))),
            self._certificates if with_certificates else b"",
            tlv(SET, self._signer_info(content)),
        )
        return tlv(SEQUENCE, _GRANTED, tlv(SEQUENCE, self._signed_data, context(0, signed)))

    def _content(self, imprint: bytes, nonce: bytes, now: dt.datetime) -> bytes:
        # the top bit is fixed so that all tokens have the same length
        serial = integer(1 << (_SERIAL_BITS - 1) | secrets.randbits(_SERIAL_BITS - 1))
        at = tlv(GENERALIZED_TIME, now.strftime("%Y%m%d%H%M%SZ").encode())
        return tlv(SEQUENCE, integer(1), self._policy, imprint, serial, at, _ACCURACY, nonce, self._trailer)

    def _signer_info(self, content: bytes) -> bytes:
        digest = tlv(OCTET_STRING, hashlib.new(self._digest, content).digest())
        attributes = set_of(*self._attributes, tlv(SEQUENCE, _MESSAGE_DIGEST, tlv(SET, digest)))
        signature = tlv(OCTET_STRING, self._signer.sign(attributes))
        # the attributes are signed as a SET and stand in the signer's part under a tag of the context
        return tlv(SEQUENCE, self._signer_head, b"\xa0" + attributes[1:], self._algorithm, signature)


def _extensions(extensions: Sequence[TokenExtension]) -> bytes:
    values = [tlv(SEQUENCE, core.ObjectIdentifier(one.oid).dump(), tlv(OCTET_STRING, one.value)) for one in extensions]
    return context(1, *values) if values else b""
