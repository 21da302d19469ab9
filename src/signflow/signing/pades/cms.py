"""The CMS signature inside a PAdES signature, put together of parts that are DER already.

asn1crypto reads what is needed of the certificate; it does not write the whole, because it would encode each certificate
and token anew at every level above it.

Source: RFC 5652 (CMS), 5; ETSI EN 319 142-1, 6.3, with EN 319 122-1, 5.2.2 and 5.3 (attributes); RFC 5035 (ESS);
RFC 5754, 4055 and 8419 (algorithms).
"""

from __future__ import annotations

import hashlib
from typing import Any

from asn1crypto import algos, core
from asn1crypto import x509 as asn1_x509

from signflow.signing.algorithms import SignatureAlgorithm
from signflow.signing.der import OCTET_STRING, SEQUENCE, SET, context, integer, set_of, tlv
from signflow.signing.keys.signer import Signer

_DIRECTORY_NAME = 4  # of GeneralName, RFC 5280, section 4.2.1.6
_SIGNATURE_BYTES = {
    # a sequence of two integers as long as the curve, with a leading zero each
    SignatureAlgorithm.ECDSA_SHA256: 2 + 2 * (3 + 32),
    SignatureAlgorithm.ECDSA_SHA384: 2 + 2 * (3 + 48),
    SignatureAlgorithm.ED25519: 64,
}


def _oid(dotted: str) -> bytes:
    return core.ObjectIdentifier(dotted).dump()


_DATA = _oid("1.2.840.113549.1.7.1")
_SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = _oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
_SIGNATURE_TIMESTAMP = _oid("1.2.840.113549.1.9.16.2.14")


class CadesSignature:
    """A detached CAdES signature by one signer, its timestamp the only unsigned attribute.

    The signed attributes are content type, message digest and the signing certificate (ESS, version 2). The time that
    the signatory claims stands in the PDF alone, as EN 319 142-1, 6.3 wants it.
    """

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.digest = signer.algorithm.digest
        self._digest_algorithm = algos.DigestAlgorithm({"algorithm": self.digest}).dump()
        self._algorithm = signer.algorithm.identifier.dump()
        der = signer.certificate.dump()
        self._certificates = context(0, *sorted({der, *(one.dump() for one in signer.chain)}))
        certificate: Any = asn1_x509.Certificate.load(der)
        issuer, serial = (certificate["tbs_certificate"][name].dump() for name in ("issuer", "serial_number"))
        self._sid = tlv(SEQUENCE, issuer, serial)
        # the digest is SHA-256, which is not named because it is the default
        reference = tlv(
            SEQUENCE,
            tlv(OCTET_STRING, hashlib.sha256(der).digest()),
            tlv(SEQUENCE, tlv(SEQUENCE, context(_DIRECTORY_NAME, issuer)), serial),
        )
        self._attributes = (
            _attribute(_CONTENT_TYPE, _DATA),
            _attribute(_SIGNING_CERTIFICATE_V2, tlv(SEQUENCE, tlv(SEQUENCE, reference))),
        )
        self._signature_bytes = _SIGNATURE_BYTES.get(signer.algorithm) or int(certificate.public_key.byte_size)

    def size_bytes(self, token_bytes: int) -> int:
        """How long the whole is at most, with a token that is at most as long as said."""
        attributes = self._signed_attributes(bytes(hashlib.new(self.digest).digest_size))
        return len(self.build(attributes, bytes(self._signature_bytes), bytes(token_bytes)))

    def sign(self, document_digest: bytes) -> tuple[bytes, bytes]:
        """The signed attributes over the document's digest, and the signature over them.

        Raises:
            UnavailableError: The key is elsewhere and cannot be reached now.
        """
        attributes = self._signed_attributes(document_digest)
        return attributes, self._signer.sign(attributes)

    def build(self, attributes: bytes, signature: bytes, token: bytes) -> bytes:
        """The whole, with the timestamp over the signature. ContentInfo, DER."""
        signer_info = tlv(
            SEQUENCE,
            integer(1),
            self._sid,
            self._digest_algorithm,
            # signed as a SET, they stand here under a tag of the context: RFC 5652, section 5.4
            b"\xa0" + attributes[1:],
            self._algorithm,
            tlv(OCTET_STRING, signature),
            context(1, _attribute(_SIGNATURE_TIMESTAMP, token)),
        )
        signed_data = tlv(
            SEQUENCE,
            integer(1),
            tlv(SET, self._digest_algorithm),
            tlv(SEQUENCE, _DATA),
            self._certificates,
            tlv(SET, signer_info),
        )
        return tlv(SEQUENCE, _SIGNED_DATA, context(0, signed_data))

    def _signed_attributes(self, document_digest: bytes) -> bytes:
        return set_of(*self._attributes, _attribute(_MESSAGE_DIGEST, tlv(OCTET_STRING, document_digest)))


def _attribute(kind: bytes, value: bytes) -> bytes:
    return tlv(SEQUENCE, kind, tlv(SET, value))
