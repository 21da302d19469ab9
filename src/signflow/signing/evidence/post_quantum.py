"""A second statement beside the usual one, signed with ML-DSA-65: an experiment, off unless it is set.

Its certificate is signed by itself: an authority on elliptic curves above it would be what falls first. Who is to believe
the token must hold the certificate, and hold it before curves fall.

Source: FIPS 204; RFC 9881 (certificates); RFC 9964 (tokens).
"""

from __future__ import annotations

import base64
import datetime as dt
from contextlib import suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from signflow.durable import write_new
from signflow.errors import IntegrityError, SettingsError
from signflow.signing import oids
from signflow.signing.authority.certificates import build_name
from signflow.signing.evidence.jws import ALGORITHMS, ML_DSA_65, build_jws, build_signing_input
from signflow.signing.evidence.svt_issue import build_claims
from signflow.signing.evidence.svt_pdf import ValidatedPdf
from signflow.signing.keys.vault import Vault, check_private

FILE = "ml-dsa-65.pem"
_LIFE = dt.timedelta(days=365 * 15)


class PostQuantumKey:
    """The installation's key for second statements, with its certificate."""

    def __init__(self, key: MLDSA65PrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self._certificate = certificate

    @classmethod
    def open(
        cls, folder: Path, *, organisation: str, country: str, passphrase: str | None, now: dt.datetime
    ) -> PostQuantumKey:
        """The key kept in the folder, made there at first use; two processes that start together get the same one.

        Raises:
            SettingsError: The key can be read by others, or not decrypted.
            IntegrityError: Its file is damaged.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        vault, path = Vault.open(folder, passphrase), folder / FILE
        if not path.exists():
            with suppress(FileExistsError):  # another process made it meanwhile: its key counts
                write_new(path, _make(vault, organisation, country, now))
        check_private(path)
        pem = path.read_bytes()
        try:
            certificate = x509.load_pem_x509_certificate(pem)
        except ValueError as error:
            raise IntegrityError("authority-damaged", file=str(path)) from error
        key = vault.load(pem, FILE)
        if not isinstance(key, MLDSA65PrivateKey):
            raise SettingsError("vault-locked", key=FILE, secret=FILE)
        return cls(key, certificate)

    @property
    def certificate_pem(self) -> bytes:
        """What those who are to believe it must hold."""
        return self._certificate.public_bytes(Encoding.PEM)

    def issue_svt(self, validated: ValidatedPdf, issuer: str, *, now: dt.datetime) -> str:
        """A token of its own that says what `svt_issue.issue_svt` says; its references are made with SHA-512.

        Raises:
            RefusedError: As `svt_issue.build_claims`.
        """
        claims = build_claims(validated, issuer, ALGORITHMS[ML_DSA_65].digest, now)
        x5c = [base64.b64encode(self._certificate.public_bytes(Encoding.DER)).decode()]
        signing_input = build_signing_input({"typ": "JWT", "alg": ML_DSA_65, "x5c": x5c}, claims.to_payload())
        return build_jws(signing_input, self._key.sign(signing_input.encode()), ML_DSA_65)


def _make(vault: Vault, organisation: str, country: str, now: dt.datetime) -> bytes:
    """Key and certificate in one file, so that there is never one without the other."""
    key = MLDSA65PrivateKey.generate()
    name = build_name("Valideringsintyg (ML-DSA-65)", organisation, country)
    policy = x509.PolicyInformation(x509.ObjectIdentifier(oids.EVIDENCE_POLICY), None)
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.replace(microsecond=0))
        .not_valid_after(now.replace(microsecond=0) + _LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.CertificatePolicies([policy]), critical=False)
        .sign(key, None)
    )
    return vault.encrypt(key) + certificate.public_bytes(Encoding.PEM)
