"""A private key that signs, wherever it is."""

from __future__ import annotations

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from signflow.errors import RefusedError
from signflow.signing.algorithms import SignatureAlgorithm, policy

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

_SMALLEST_RSA_BITS = 3000
_ED25519_BITS = 256


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
            return self.private.sign(data, padding_for(self.algorithm), digest_for(self.algorithm))
        return self.private.sign(data)


def algorithm_of(key: PublicKey) -> SignatureAlgorithm:
    """What a key of that kind signs with, where signflow chooses: what the dated table lets hold longest.

    Raises:
        RefusedError: It is of a kind or size that signflow does not sign with.
    """
    return policy().lasting(algorithms_of(key), bits_of(key))


def algorithms_of(key: PublicKey) -> tuple[SignatureAlgorithm, ...]:
    """What a key of that kind can sign with.

    Raises:
        RefusedError: It is of a kind or size that signflow does not sign with.
    """
    match key:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return (SignatureAlgorithm.ECDSA_SHA256,)
        case ec.EllipticCurvePublicKey(curve=ec.SECP384R1()):
            return (SignatureAlgorithm.ECDSA_SHA384,)
        case rsa.RSAPublicKey() if key.key_size >= _SMALLEST_RSA_BITS:
            return (SignatureAlgorithm.RSA_PSS_SHA256, SignatureAlgorithm.RSA_SHA256)
        case ed25519.Ed25519PublicKey():
            return (SignatureAlgorithm.ED25519,)
        case _:
            raise RefusedError("key-kind", kind=type(key).__name__, bits=getattr(key, "key_size", 0))


def bits_of(key: PublicKey) -> int:
    """How large it is, as the algorithm policy counts."""
    return _ED25519_BITS if isinstance(key, ed25519.Ed25519PublicKey) else key.key_size


def digest_for(algorithm: SignatureAlgorithm) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    """The digest that goes with it."""
    return {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[algorithm.digest]


def padding_for(algorithm: SignatureAlgorithm) -> padding.PSS | padding.PKCS1v15:
    """How an RSA key pads with it. Source: RFC 8017, 8.1 and 8.2."""
    if algorithm is SignatureAlgorithm.RSA_PSS_SHA256:
        return padding.PSS(padding.MGF1(digest_for(algorithm)), algorithm.salt_bytes)
    return padding.PKCS1v15()


def is_signature(key: SigningKey, data: bytes, signature: bytes) -> bool:
    """Whether the key signed the data, with the algorithm that it says."""
    public_key, digest = key.public_key, digest_for(key.algorithm)
    try:
        if isinstance(public_key, ec.EllipticCurvePublicKey):
            public_key.verify(signature, data, ec.ECDSA(digest))
        elif isinstance(public_key, rsa.RSAPublicKey):
            public_key.verify(signature, data, padding_for(key.algorithm), digest)
        else:
            public_key.verify(signature, data)
    except InvalidSignature:
        return False
    return True
