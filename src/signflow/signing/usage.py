"""The dated table of algorithms, as pyHanko asks for it.

Source: ETSI EN 319 102-1, 5.2.8.4 and 5.1.4.3 (cryptographic constraints); RFC 8933 for the digest of CMS attributes.
"""

from __future__ import annotations

import datetime as dt

from asn1crypto import algos, keys
from pyhanko.sign.validation.utils import CMSAlgorithmUsagePolicy
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint

from signflow.signing.algorithms import AlgorithmPolicy

_FAMILIES = {"rsassa_pkcs1v15": "rsa", "rsassa_pss": "rsa-pss"}
_FIXED_BITS = {"ed25519": 256, "ed448": 456}
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


class DatedUsage(CMSAlgorithmUsagePolicy):
    """What may be relied on, as of the moment that is asked about."""

    def __init__(self, policy: AlgorithmPolicy) -> None:
        self._policy = policy

    def digest_algorithm_allowed(
        self, algo: algos.DigestAlgorithm, moment: dt.datetime | None
    ) -> AlgorithmUsageConstraint:
        """Whether a digest can be relied on."""
        return self._judged(moment, (str(algo["algorithm"].native), 0))

    def signature_algorithm_allowed(
        self, algo: algos.SignedDigestAlgorithm, moment: dt.datetime | None, public_key: keys.PublicKeyInfo | None
    ) -> AlgorithmUsageConstraint:
        """Whether a signature by that key can be relied on, and the digest that belongs to it."""
        terms = [] if public_key is None else [signature_term(algo, public_key)]
        digest = implied_digest(algo)
        return self._judged(moment, *terms, *([(digest, 0)] if digest else []))

    def _judged(self, moment: dt.datetime | None, *terms: tuple[str, int]) -> AlgorithmUsageConstraint:
        ends = [end for end in (self._policy.ends_at(*term) for term in terms) if end is not None]
        if not ends or (moment is not None and moment < min(ends)):
            return AlgorithmUsageConstraint(allowed=True)
        # without a date it never held: no proof of an earlier time could help
        ended_at = min(ends)
        return AlgorithmUsageConstraint(allowed=False, not_allowed_after=None if ended_at == _NEVER else ended_at)


def signature_term(algo: algos.SignedDigestAlgorithm, public_key: keys.PublicKeyInfo) -> tuple[str, int]:
    """Family and key size of a signature, by the names of the table; what has no name there comes as its own."""
    try:
        name = str(algo.signature_algo)
        return _FAMILIES.get(name, name), _FIXED_BITS.get(name) or int(public_key.bit_size)
    except (ValueError, KeyError, TypeError):  # of a curve or parameters that nobody has named
        return str(algo["algorithm"].native), 0


def implied_digest(algo: algos.SignedDigestAlgorithm) -> str | None:
    """The digest that a signature algorithm names; None where it names none."""
    try:
        return str(algo.hash_algo)
    except ValueError:
        return None
