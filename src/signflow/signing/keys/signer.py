"""A key with everything a validator will want to know about it."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509

from signflow.signing.algorithms import SignatureAlgorithm
from signflow.signing.keys.key import SigningKey


@dataclass(frozen=True)
class Signer:
    """A private key that signs, with its certificate.

    Attributes:
        certificate: Of the key.
        chain: Its issuers, root last.
        crls: Current revocation lists of all of the chain's authorities.
        ocsps: What responders say of those certificates that no list speaks for.
    """

    certificate: asn1_x509.Certificate
    chain: tuple[asn1_x509.Certificate, ...]
    crls: tuple[asn1_crl.CertificateList, ...]
    _key: SigningKey
    ocsps: tuple[asn1_ocsp.OCSPResponse, ...] = ()

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """What the key signs with."""
        return self._key.algorithm

    def sign(self, data: bytes) -> bytes:
        """The signature over the data.

        Raises:
            UnavailableError: The key is elsewhere and cannot be reached now.
        """
        return self._key.sign(data)


class OneShotSigner(Signer):
    """For one signature of one person; its key was never written and ends with the object."""


class SealSigner(Signer):
    """For the organisation's seal."""


class EvidenceSigner(Signer):
    """For validation tokens: what signflow itself states about signatures, outside the PDF."""
