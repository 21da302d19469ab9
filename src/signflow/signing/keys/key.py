"""A private key that signs, wherever it is."""

from __future__ import annotations

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from signflow.errors import RefusedError
from signflow.signing.algorithms import SignatureAlgorithm

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

_SMALLEST_RSA_BITS = 3000


class SigningKey(Protocol):
    """A key in memory, in a token or in a service."""

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """What it signs with."""
        ...

    @property
    def public_key(self) -> PublicKey:
        """Its public half."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature over the data, which is digested here: DER for ECDSA, as X.509 and CMS want it.

        Raises:
            UnavailableError: The token or service does not answer now; nothing was signed.
        """
        ...


class SoftwareKey:
    """A key in the memory of this process.

    Raises:
        RefusedError: It is of a kind or size that signflow does not sign with.
    """

    def __init__(self, key: PrivateKey) -> None:
        self.algorithm = algorithm_of(key.public_key())
        self.private = key

    @property
    def public_key(self) -> PublicKey:
        """Its public half."""
        return self.private.public_key()

    def sign(self, data: bytes) -> bytes:
        """The signature over the data."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(data, ec.ECDSA(digest_for(self.algorithm)))
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), digest_for(self.algorithm))
        return self.private.sign(data)


def algorithm_of(key: PublicKey) -> SignatureAlgorithm:
    """What a key of that kind signs with.

    Raises:
        RefusedError: It is of a kind or size that signflow does not sign with.
    """
    match key:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return SignatureAlgorithm.ECDSA_SHA256
        case ec.EllipticCurvePublicKey(curve=ec.SECP384R1()):
            return SignatureAlgorithm.ECDSA_SHA384
        case rsa.RSAPublicKey() if key.key_size >= _SMALLEST_RSA_BITS:
            return SignatureAlgorithm.RSA_SHA256
        case ed25519.Ed25519PublicKey():
            return SignatureAlgorithm.ED25519
        case _:
            raise RefusedError("key-kind", kind=type(key).__name__, bits=getattr(key, "key_size", 0))


def digest_for(algorithm: SignatureAlgorithm) -> hashes.HashAlgorithm:
    """The digest that goes with it."""
    return {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[algorithm.digest]


def is_signature(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """Whether the key's private half signed the data, in the way in which its kind signs here."""
    digest = digest_for(algorithm_of(key))
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), digest)
        else:
            key.verify(signature, data)
    except InvalidSignature:
        return False
    return True
