"""From a certificate up to a root that is believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

_LONGEST = 8


def build_chain(
    certificate: asn1_x509.Certificate,
    others: Iterable[asn1_x509.Certificate],
    roots: Sequence[asn1_x509.Certificate],
) -> tuple[asn1_x509.Certificate, ...]:
    """The certificate and its issuers, a root of those given last; each has signed the one before it.

    Validity, purposes and revocation are for a validation to judge; this says whom to ask about revocation.

    Raises:
        ValueError: It leads to none of the roots.
    """
    anchors = {root.sha256 for root in roots}
    candidates = (*roots, *others)
    chain = [certificate]
    while chain[-1].sha256 not in anchors:
        below = chain[-1]
        issuer = next((one for one in candidates if one not in chain and _has_issued(one, below)), None)
        if issuer is None or len(chain) == _LONGEST:
            raise ValueError("untrusted")
        chain.append(issuer)
    return tuple(chain)


def _has_issued(issuer: asn1_x509.Certificate, certificate: asn1_x509.Certificate) -> bool:
    if issuer.subject.dump() != certificate.issuer.dump():
        return False
    try:
        below, above = (x509.load_der_x509_certificate(one.dump()) for one in (certificate, issuer))
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
