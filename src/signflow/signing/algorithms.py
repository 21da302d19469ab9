"""Which algorithms sign, and which of them hold until when. The dates are data: `algorithms.toml`.

Source: ETSI TS 119 312; what each date rests on stands in the file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from asn1crypto import algos

_FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class SignatureAlgorithm(StrEnum):
    """What a key signs with, by the names that asn1crypto and pyHanko use."""

    ECDSA_SHA256 = "sha256_ecdsa"
    ECDSA_SHA384 = "sha384_ecdsa"
    RSA_SHA256 = "sha256_rsa"
    RSA_PSS_SHA256 = "rsassa_pss"
    ED25519 = "ed25519"

    @property
    def digest(self) -> str:
        """The digest that the signed attributes name beside it. Source: RFC 8419, section 2.3 for Ed25519."""
        return {"sha384_ecdsa": "sha384", "ed25519": "sha512"}.get(self.value, "sha256")

    @property
    def family(self) -> str:
        """What the algorithm policy calls it."""
        return {"sha256_rsa": "rsa", "rsassa_pss": "rsa-pss", "ed25519": "ed25519"}.get(self.value, "ecdsa")

    @property
    def salt_bytes(self) -> int:
        """Of RSASSA-PSS: as long as the digest. Source: RFC 4055, section 3.1; RFC 7518, section 3.5."""
        return hashlib.new(self.digest).digest_size

    @property
    def identifier(self) -> algos.SignedDigestAlgorithm:
        """The same in certificates, revocation lists, CMS and tokens; each parameter of RSASSA-PSS is said.

        Source: RFC 5754; RFC 4055, section 3, and RFC 4056, section 3, for RSASSA-PSS; RFC 8410 for Ed25519.
        """
        if self is not SignatureAlgorithm.RSA_PSS_SHA256:
            return algos.SignedDigestAlgorithm({"algorithm": self.value})
        digest = {"algorithm": self.digest}
        parameters = {
            "hash_algorithm": digest,
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": digest},
            "salt_length": self.salt_bytes,
        }
        return algos.SignedDigestAlgorithm({"algorithm": self.value, "parameters": parameters})


@dataclass(frozen=True, slots=True)
class Term:
    """How long something holds.

    Attributes:
        family: `sha256`, `rsa`, `ecdsa`, `ed25519`…
        bits: The smallest key this term speaks of; 0 for digests.
        until: The first instant at which it no longer holds; None while no end is known.
    """

    family: str
    bits: int
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class AlgorithmPolicy:
    """A dated table of algorithms.

    Attributes:
        name: What reports call it.
        terms: Every algorithm that ever held; what is not here never did.
    """

    name: str
    terms: tuple[Term, ...]

    def ends_at(self, family: str, bits: int = 0) -> dt.datetime | None:
        """The first instant at which it no longer holds; None while no end is known.

        The term with the largest key that is not larger than this one counts. What has no term has never held.
        """
        known = [term for term in self.terms if term.family == family and term.bits <= bits]
        if not known:
            return dt.datetime.min.replace(tzinfo=dt.UTC)
        return max(known, key=lambda term: term.bits).until

    def holds(self, family: str, bits: int, at: dt.datetime) -> bool:
        """Whether a signature or digest made with it can be relied on at that instant."""
        end = self.ends_at(family, bits)
        return end is None or at < end

    def lasting(self, algorithms: Iterable[SignatureAlgorithm], bits: int) -> SignatureAlgorithm:
        """The one of them that holds longest with a key of that size; of several, the first. There is at least one."""
        return max(algorithms, key=lambda one: self.ends_at(one.family, bits) or _FOREVER)


@cache
def policy() -> AlgorithmPolicy:
    """The table that comes with signflow."""
    text = resources.files("signflow.signing").joinpath("algorithms.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return AlgorithmPolicy(table["name"], tuple(_term(row) for row in table["algorithm"]))


def _term(row: Mapping[str, object]) -> Term:
    until = row.get("until")
    ends = dt.datetime.combine(until, dt.time(), dt.UTC) if isinstance(until, dt.date) else None
    return Term(str(row["family"]), int(str(row.get("bits", 0))), ends)
