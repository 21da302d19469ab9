"""What every key must do, wherever it is. A test class inherits this and has a fixture `key` of its own."""

from __future__ import annotations

import datetime as dt
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signflow.signing.algorithms import SignatureAlgorithm
from signflow.signing.authority.certificates import Issuer, Profile, build_certificate, build_name
from signflow.signing.keys.key import PublicKey, SigningKey, algorithm_of, is_signature

_NOW = dt.datetime(2026, 1, 16, 14, 15, tzinfo=dt.UTC)
_SIZES = [0, 1, 31, 32, 33, 64, 257, 1_000_000]


def holds(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """What cryptography says of a signature, as keys of that kind must make them: RSA with PSS, each parameter said."""
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA384() if key.key_size == 384 else hashes.SHA256()))
        else:
            key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


class KeyContract:
    """Real keys in, real signatures out; cryptography judges them."""

    @pytest.mark.parametrize("size", _SIZES)
    def test_what_it_signs_its_public_half_verifies(self, key: SigningKey, size: int) -> None:
        data = hashlib.shake_128(b"data").digest(size)
        signature = key.sign(data)
        altered = signature[:-1] + bytes([signature[-1] ^ 1])
        for data_bytes, signature_bytes, is_one in (
            (data, signature, True),
            (data + b"x", signature, False),
            (data, altered, False),
        ):
            assert holds(key.public_key, data_bytes, signature_bytes) is is_one
            assert is_signature(key, data_bytes, signature_bytes) is is_one

    def test_it_signs_with_what_its_kind_signs_with(self, key: SigningKey) -> None:
        assert isinstance(key.algorithm, SignatureAlgorithm)
        assert key.algorithm is algorithm_of(key.public_key)

    def test_it_is_the_same_key_every_time(self, key: SigningKey) -> None:
        def written() -> bytes:
            return key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

        before = written()
        key.sign(b"x")
        assert written() == before

    def test_several_threads_at_once_each_get_their_own(self, key: SigningKey) -> None:
        pieces = [f"piece {number}".encode() for number in range(40)]
        with ThreadPoolExecutor(8) as pool:
            signatures = list(pool.map(key.sign, pieces))
        assert all(holds(key.public_key, *pair) for pair in zip(pieces, signatures, strict=True))

    def test_it_issues_certificates(self, key: SigningKey) -> None:
        profile = Profile(dt.timedelta(days=1), authority=True)
        certificate = build_certificate(build_name("Rot", "Provkommun", "SE"), profile, None, key, _NOW)
        certificate.verify_directly_issued_by(certificate)
        other = build_certificate(
            build_name("Sigill", "Provkommun", "SE"),
            Profile(dt.timedelta(hours=1)),
            Issuer(certificate, key),
            key,
            _NOW,
        )
        other.verify_directly_issued_by(certificate)
        assert isinstance(other, x509.Certificate)

    def test_it_says_nothing_of_itself(self, key: SigningKey) -> None:
        said = repr(key) + str(key)
        assert "PRIVATE" not in said
        assert "1234" not in said
