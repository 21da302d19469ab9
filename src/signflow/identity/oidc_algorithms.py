"""Which signatures of JSON Web Tokens count: a closed list, without `none` and without shared secrets.

Source: RFC 7518, section 3; RFC 8037 and RFC 9864 for Ed25519; RFC 8725, sections 3.1 and 3.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jws import JWSRegistry

LONGEST_TOKEN = 100_000
"""Characters; many times a token with all that providers say of a person."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """What an algorithm of the list rests on.

    Attributes:
        key_type: Of which type its keys are (`kty`).
        curve: On which curve (`crv`); empty where there is none.
        digest: What the token's own digests of other things (`at_hash`) are made with.
    """

    key_type: str
    curve: str
    digest: str


ALGORITHMS: Mapping[str, Algorithm] = {
    "RS256": Algorithm("RSA", "", "sha256"),
    "PS256": Algorithm("RSA", "", "sha256"),
    "ES256": Algorithm("EC", "P-256", "sha256"),
    "ES384": Algorithm("EC", "P-384", "sha384"),
    "Ed25519": Algorithm("OKP", "Ed25519", "sha512"),
    "EdDSA": Algorithm("OKP", "Ed25519", "sha512"),
}
"""What is accepted, and nothing besides."""


class _Registry(JWSRegistry):
    """The library's, with room for longer headers; `EdDSA` is the older name of what is now `Ed25519`."""

    max_header_length = LONGEST_TOKEN
    max_payload_length = LONGEST_TOKEN

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


def registry(algorithm: str) -> JWSRegistry:
    """What the library needs to sign or verify by that algorithm of the list, and by no other."""
    return _Registry(algorithms=["Ed25519" if algorithm == "EdDSA" else algorithm], strict_check_header=False)
