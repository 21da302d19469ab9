"""Which algorithms sign, and which of them hold until when. The dates are data: `algorithms.toml`.

Source: ETSI TS 119 312; what each date rests on stands in the file.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources


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
