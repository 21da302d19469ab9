"""JSON Web Signatures in compact form, read as strictly as they are written.

What is read may come from anybody: sizes are bounded, a name that stands twice in an object is refused, and so is every
number that is not an integer. The algorithm comes from a closed list, and the key from the caller, so that neither
`none` nor a public key used as a shared secret is ever considered.

Source: RFC 7515; RFC 7518, section 3; RFC 8037 and RFC 9864 for Ed25519; RFC 9964 for ML-DSA.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from signflow.signing.algorithms import SignatureAlgorithm

LIMIT_BYTES = 512_000
"""More than a token over many signatures with whole certificates ever is."""

ML_DSA_65 = "ML-DSA-65"
"""An experiment: see `post_quantum`."""

_NAMES = {
    SignatureAlgorithm.ECDSA_SHA256: "ES256",
    SignatureAlgorithm.ECDSA_SHA384: "ES384",
    SignatureAlgorithm.RSA_SHA256: "RS256",
    SignatureAlgorithm.RSA_PSS_SHA256: "PS256",
    SignatureAlgorithm.ED25519: "Ed25519",
}
_ECDSA_BYTES = {"ES256": 32, "ES384": 48}


@dataclass(frozen=True, slots=True)
class JwsAlgorithm:
    """What an algorithm of the list rests on.

    Attributes:
        family: As `AlgorithmPolicy` names it.
        digest: What is signed by it is digested with.
        key: Of which kind its keys are; None for those that the library does not know.
    """

    family: str
    digest: str
    key: type[ECKey | RSAKey | OKPKey] | None


ALGORITHMS: Mapping[str, JwsAlgorithm] = {
    "ES256": JwsAlgorithm("ecdsa", "sha256", ECKey),
    "ES384": JwsAlgorithm("ecdsa", "sha384", ECKey),
    "ES512": JwsAlgorithm("ecdsa", "sha512", ECKey),
    "RS256": JwsAlgorithm("rsa", "sha256", RSAKey),
    "RS384": JwsAlgorithm("rsa", "sha384", RSAKey),
    "RS512": JwsAlgorithm("rsa", "sha512", RSAKey),
    "PS256": JwsAlgorithm("rsa-pss", "sha256", RSAKey),
    "PS384": JwsAlgorithm("rsa-pss", "sha384", RSAKey),
    "PS512": JwsAlgorithm("rsa-pss", "sha512", RSAKey),
    "Ed25519": JwsAlgorithm("ed25519", "sha512", OKPKey),
    "EdDSA": JwsAlgorithm("ed25519", "sha512", OKPKey),
    ML_DSA_65: JwsAlgorithm("ml-dsa-65", "sha512", None),
}
"""What is accepted, and nothing besides."""


@dataclass(frozen=True, slots=True)
class Jws:
    """A token taken apart; nothing of it is proven.

    Attributes:
        text: The whole.
        header: The protected header.
        payload: What is signed.
        algorithm: One of `ALGORITHMS`, or a name that is none of them.
    """

    text: str
    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    algorithm: str

    @property
    def signing_input(self) -> bytes:
        """The bytes that the signature is over."""
        return self.text.rpartition(".")[0].encode()

    @property
    def signature(self) -> bytes:
        """The signature as it stands, RFC 7518's form."""
        return _decode(self.text.rpartition(".")[2])


_FIXED_BITS = {"ed25519": 256, "ml-dsa-65": 0}


def signature_bits(family: str, certificate: asn1_x509.Certificate) -> int:
    """How large the certificate's key is, as `AlgorithmPolicy` counts."""
    return _FIXED_BITS[family] if family in _FIXED_BITS else int(certificate.public_key.bit_size)


def algorithm_name(algorithm: SignatureAlgorithm) -> str:
    """How a header calls it."""
    return _NAMES[algorithm]


def build_signing_input(header: Mapping[str, object], payload: Mapping[str, object]) -> str:
    """Header and payload as they are signed."""
    return ".".join(_encode(json.dumps(part, ensure_ascii=False).encode()) for part in (header, payload))


def build_jws(signing_input: str, signature: bytes, algorithm: str) -> str:
    """The token; a signature of ECDSA comes as DER and becomes the two numbers that JWS wants."""
    if algorithm in _ECDSA_BYTES:
        size = _ECDSA_BYTES[algorithm]
        signature = b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(signature))
    return f"{signing_input}.{_encode(signature)}"


def read_jws(text: str) -> Jws:
    """The token taken apart.

    Raises:
        ValueError: It is no JWS in compact form with JSON in it, or says something twice.
    """
    if len(text) > LIMIT_BYTES or text.count(".") != 2:
        raise ValueError("compact")
    header_part, payload_part, signature_part = text.split(".")
    header, payload = _object(header_part), _object(payload_part)
    _decode(signature_part)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or "crit" in header or "b64" in header:
        raise ValueError("header")
    return Jws(text, header, payload, algorithm)


def is_signed(token: Jws, public_key_pem: bytes) -> bool:
    """Whether the key's private half signed the token, with an algorithm of the list that is for such keys."""
    if token.algorithm not in ALGORITHMS:
        return False
    kind = ALGORITHMS[token.algorithm].key
    try:
        if kind is None:
            return _is_signed_ml_dsa(token, public_key_pem)
        key = kind.import_key(public_key_pem)
        found = jws.extract_compact(token.text.encode(), registry=_registry(token.algorithm))
        return jws.validate_compact(found, key, registry=_registry(token.algorithm))
    except (JoseError, ValueError, TypeError, UnsupportedAlgorithm):
        return False


def _is_signed_ml_dsa(token: Jws, public_key_pem: bytes) -> bool:
    key = load_pem_public_key(public_key_pem)
    if not isinstance(key, MLDSA65PublicKey):
        return False
    try:
        key.verify(token.signature, token.signing_input)
    except InvalidSignature:
        return False
    return True


class _Registry(jws.JWSRegistry):
    """The library's, with room for chains of certificates."""

    max_header_length = LIMIT_BYTES
    max_payload_length = LIMIT_BYTES


def _registry(algorithm: str) -> jws.JWSRegistry:
    return _Registry(algorithms=[algorithm], strict_check_header=False)


def _object(part: str) -> Mapping[str, Any]:
    try:
        value = json.loads(
            _decode(part).decode(),
            object_pairs_hook=_without_doubles,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
    except RecursionError as error:
        raise ValueError("depth") from error
    if not isinstance(value, dict):
        raise TypeError(type(value)) from None
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("name twice")
    return found


def _refuse(text: str) -> None:
    raise ValueError(text)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(part: str) -> bytes:
    data = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    if _encode(data) != part:  # padding, or bits that nobody reads
        raise binascii.Error("base64url")
    return data
