"""The organisation's seal, its key in a remote signing service.

The procedure, the steps numbered below:

1. `credentials/info` says which certificates and which key the credential has, and that it may sign.
2. The certificate is valid now, leads up to a root that is believed, and its key is of a kind that signs here. It signs
   with that of the algorithms that the credential offers which holds longest.
3. `credentials/authorize` gives the activation for one digest, and takes the PIN if the credential wants one.
4. `signatures/signHash` gives the signature over the digest.
5. The signature is verified with the public key of 2 before it is handed on.

Only digests go to the service, never a document.

Source: CSC API 1.0.4.0, the methods `credentials/info`, `credentials/authorize` and `signatures/signHash`.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import algos
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from signflow.errors import SettingsError
from signflow.line import Line
from signflow.signing.algorithms import SignatureAlgorithm, policy
from signflow.signing.keys.csc_api import Answer, CscAccount, CscApi
from signflow.signing.keys.key import PublicKey, algorithms_of, bits_of, digest_for, is_signature
from signflow.signing.keys.kinds import require_holding
from signflow.signing.keys.signer import SealSigner
from signflow.signing.outside.chain import build_chain
from signflow.signing.outside.revocation import RevocationSources

_LONGEST_CHAIN = 10
_MOST_ALGORITHMS = 100
_LEARNED_FOR = dt.timedelta(hours=1)
# a service may name the kind of key in place of the algorithms that it signs with; one of RSA then says nothing of PSS
_KEYS = {
    SignatureAlgorithm.ECDSA_SHA256: "1.2.840.10045.2.1",
    SignatureAlgorithm.ECDSA_SHA384: "1.2.840.10045.2.1",
    SignatureAlgorithm.RSA_SHA256: "1.2.840.113549.1.1.1",
}


class CscKey:
    """A key in the service."""

    def __init__(self, api: CscApi, public_key: PublicKey, algorithm: SignatureAlgorithm, *, with_pin: bool) -> None:
        self._api = api
        self._with_pin = with_pin
        self.public_key = public_key
        self.algorithm = algorithm

    def sign(self, data: bytes) -> bytes:
        """Steps 3 to 5: the signature over the data.

        Raises:
            SettingsError: The PIN is not the credential's.
            UnavailableError: The service does not answer, or not as it must; nothing was signed.
        """
        digest = _digest(digest_for(self.algorithm), data)
        members = {
            "SAD": self._api.authorize(digest, with_pin=self._with_pin),  # 3
            "hash": [digest],
            "hashAlgo": algos.DigestAlgorithmId(self.algorithm.digest).dotted,
            "signAlgo": _dotted(self.algorithm),
        }
        if self.algorithm is SignatureAlgorithm.RSA_PSS_SHA256:
            parameters = self.algorithm.identifier["parameters"].dump()
            members["signAlgoParams"] = base64.b64encode(parameters).decode()
        answer = self._api.call("signatures/signHash", members)  # 4
        return self._api.read(lambda: self._verified(answer, data))

    def _verified(self, answer: Answer, data: bytes) -> bytes:
        (encoded,) = answer.texts("signatures", 1)
        signature = base64.b64decode(encoded, validate=True)
        if not is_signature(self, data, signature):  # 5
            raise ValueError("signature")
        return signature


@dataclass(frozen=True, slots=True)
class _Credential:
    """What steps 1 and 2 leave: certificate and issuers, root last, and the key."""

    chain: tuple[asn1_x509.Certificate, ...]
    key: CscKey
    learned_at: dt.datetime


class CscSeal:
    """The seal of an organisation that has a signing service; safe to use from several threads."""

    def __init__(
        self, account: CscAccount, roots: Sequence[asn1_x509.Certificate], line: Line, revocation: RevocationSources
    ) -> None:
        self._api = CscApi(account, line)
        self._roots = tuple(roots)
        self._revocation = revocation
        self._learned: _Credential | None = None

    def seal_signer(self, now: dt.datetime) -> SealSigner:
        """The seal with what speaks for its certificate. What the service says of itself is asked once an hour.

        Raises:
            SettingsError: The credential cannot sign here, whatever is tried: it is disabled or over, wants a person to
                act, leads to no root that is believed, or its algorithm has ended.
            RefusedError: Its key is of a kind or size that signflow does not sign with.
            UnavailableError: The service, or a source of revocation, does not answer, or not as it must.
        """
        learned = self._learned
        if learned is None or not dt.timedelta(0) <= now - learned.learned_at < _LEARNED_FOR:
            self._learned = learned = self._ask(now)
        certificate, *issuers = learned.chain
        self._require_usable(certificate, learned.key, now)
        revocation = self._revocation.speaking_for([learned.chain], now)
        return SealSigner(certificate, tuple(issuers), revocation.crls, learned.key, revocation.ocsps)

    def _ask(self, now: dt.datetime) -> _Credential:
        answer = self._api.call("credentials/info", {"certificates": "chain", "authInfo": True})  # 1
        certificates = self._api.read(lambda: _certificates(answer))
        public_key = self._api.read(lambda: _public_key(certificates[0]))
        if reason := self._api.read(lambda: _hindrance(answer)):
            raise self._unusable(reason)
        offered = self._api.read(lambda: _offered(answer, public_key))
        if not offered:
            raise self._unusable("key/algo")
        algorithm = policy().lasting(offered, bits_of(public_key))
        key = CscKey(self._api, public_key, algorithm, with_pin=answer.text("authMode") == "explicit")
        self._require_usable(certificates[0], key, now)  # 2
        try:
            chain = build_chain(certificates[0], certificates[1:], self._roots)
        except ValueError as error:
            raise self._unusable(str(error)) from error
        return _Credential(chain, key, now)

    def _require_usable(self, certificate: asn1_x509.Certificate, key: CscKey, now: dt.datetime) -> None:
        require_holding(key.public_key, now, key.algorithm)
        if not certificate.not_valid_before <= now <= certificate.not_valid_after:
            raise self._unusable("validity")

    def _unusable(self, reason: str) -> SettingsError:
        self._learned = None
        return SettingsError("csc-unusable", credential=self._api.account.credential, reason=reason)


def _certificates(answer: Answer) -> list[asn1_x509.Certificate]:
    encoded = answer.part("cert").texts("certificates", _LONGEST_CHAIN)
    certificates = [asn1_x509.Certificate.load(base64.b64decode(one, validate=True), strict=True) for one in encoded]
    for one in certificates:
        _ = one.native  # asn1crypto parses lazily: find damage here
    return certificates


def _public_key(certificate: asn1_x509.Certificate) -> PublicKey:
    key = load_der_public_key(certificate.public_key.dump())
    if not isinstance(key, (ec.EllipticCurvePublicKey, rsa.RSAPublicKey, ed25519.Ed25519PublicKey)):
        raise ValueError("key")  # noqa: TRY004 -- what came is wrong, not what was called
    return key


def _hindrance(answer: Answer) -> str:
    """The member that says that the credential cannot sign here by itself; empty if none does."""
    described = answer.part("key")
    if described.text("status") != "enabled":
        return "key/status"
    if answer.part("cert").text("status", "valid") != "valid":
        return "cert/status"
    if answer.text("authMode") not in {"implicit", "explicit"}:
        return "authMode"
    return "OTP" if answer.part("OTP").text("presence", "false") == "true" else ""


def _offered(answer: Answer, key: PublicKey) -> list[SignatureAlgorithm]:
    """Of what such a key can sign with, that which the credential does."""
    named = set(answer.part("key").texts("algo", _MOST_ALGORITHMS))
    return [one for one in algorithms_of(key) if {_dotted(one), _KEYS.get(one)} & named]


def _dotted(algorithm: SignatureAlgorithm) -> str:
    return algos.SignedDigestAlgorithmId(algorithm.value).dotted


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> str:
    context = hashes.Hash(algorithm)
    context.update(data)
    return base64.b64encode(context.finalize()).decode()
