"""The kinds of keys that signflow makes."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from signflow.errors import SettingsError
from signflow.signing.algorithms import SignatureAlgorithm, policy
from signflow.signing.keys.key import PrivateKey, PublicKey, algorithm_of, bits_of

_RSA_EXPONENT = 65537


class KeyKind(StrEnum):
    """Family and size, by the names that settings and commands use."""

    P256 = "p256"
    P384 = "p384"
    RSA3072 = "rsa3072"
    RSA4096 = "rsa4096"
    ED25519 = "ed25519"

    def make(self) -> PrivateKey:
        """A new key."""
        match self:
            case KeyKind.P256:
                return ec.generate_private_key(ec.SECP256R1())
            case KeyKind.P384:
                return ec.generate_private_key(ec.SECP384R1())
            case KeyKind.RSA3072:
                return rsa.generate_private_key(_RSA_EXPONENT, 3072)
            case KeyKind.RSA4096:
                return rsa.generate_private_key(_RSA_EXPONENT, 4096)
            case KeyKind.ED25519:
                return ed25519.Ed25519PrivateKey.generate()


def kind_like(key: PublicKey) -> KeyKind:
    """The kind that a key's successor has: its own, or for an RSA key of a size that is not made, the larger one."""
    match key:
        case ec.EllipticCurvePublicKey():
            return KeyKind.P384 if isinstance(key.curve, ec.SECP384R1) else KeyKind.P256
        case rsa.RSAPublicKey():
            return KeyKind.RSA3072 if key.key_size == 3072 else KeyKind.RSA4096
        case ed25519.Ed25519PublicKey():
            return KeyKind.ED25519


def require_holding(key: PublicKey, now: dt.datetime, algorithm: SignatureAlgorithm | None = None) -> None:
    """What has ended signs nothing new.

    Args:
        key: What is to sign.
        now: When.
        algorithm: What it signs with, where somebody else chooses that; else what keys of its kind sign with here.

    Raises:
        RefusedError: The key is of a kind that signflow does not sign with.
        SettingsError: The algorithm policy has ended the key's algorithm or the digest that goes with it.
    """
    algorithm = algorithm or algorithm_of(key)
    for family, bits in ((algorithm.family, bits_of(key)), (algorithm.digest, 0)):
        until = policy().ends_at(family, bits)
        if until is not None and until <= now:
            raise SettingsError("algorithm-ended", algorithm=f"{family} {bits or ''}".strip(), until=until.date())


def family_of(key: PublicKey) -> str:
    """What such keys are called, whatever they sign with."""
    match key:
        case ec.EllipticCurvePublicKey():
            return "ecdsa"
        case rsa.RSAPublicKey():
            return "rsa"
        case ed25519.Ed25519PublicKey():
            return "ed25519"
