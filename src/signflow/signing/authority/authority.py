"""The local certificate authority: made at first start, the same ever after.

The folder holds `vault.key` (or `vault.salt`), `lock`, and `keys/` with six certificates and their encrypted keys.
`keys/` is written beside under another name, made durable and renamed: a process killed at any moment leaves either
no authority or all of it, and two processes that start together share one.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import shutil
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signflow.durable import sync_folder, write_new
from signflow.errors import IntegrityError, RefusedError, SettingsError
from signflow.signing import oids
from signflow.signing.authentication import Authentication, build_context_extension
from signflow.signing.authority.certificates import (
    ISSUING_LIFE,
    ONE_SHOT_LIFE,
    ROOT_LIFE,
    SEAL_LIFE,
    TSA_LIFE,
    Holder,
    Profile,
    build_certificate,
    build_crl,
    build_name,
)
from signflow.signing.keys.key import SoftwareKey
from signflow.signing.keys.signer import EvidenceSigner, OneShotSigner, SealSigner, Signer
from signflow.signing.keys.vault import Vault, check_private
from signflow.signing.trust import Trust

ROOT = "root"
ISSUING = "issuing"
TSA_ROOT = "tsa-root"
TSA = "tsa"
SEAL = "seal"
EVIDENCE = "evidence"
_ISSUERS: Mapping[str, str | None] = {
    ROOT: None,
    ISSUING: ROOT,
    TSA_ROOT: None,
    TSA: TSA_ROOT,
    SEAL: ISSUING,
    EVIDENCE: ISSUING,
}
_KEYS = "keys"
_STAGING = "keys.new"
_CRL_REFRESH = dt.timedelta(days=1)
_COMMON_NAME_LIMIT = 64  # ub-common-name, RFC 5280, appendix A
_IDENTITY_NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)")


@dataclass(frozen=True, slots=True)
class _Installation:
    """Whose authority it is, and where its lists are published."""

    organisation: str
    country: str
    base_url: str


class LocalAuthority:
    """Issues the certificates of an installation; safe to use from several threads."""

    def __init__(self, holders: Mapping[str, Holder], base_url: str) -> None:
        self._holders = holders
        self._base_url = base_url.rstrip("/")
        self._crls: dict[str, tuple[dt.datetime, bytes]] = {}
        self._lock = threading.Lock()
        self._last_number = 0
        subject = holders[SEAL].certificate.subject
        self.organisation = _attribute(subject, x509.NameOID.ORGANIZATION_NAME)
        self._country = _attribute(subject, x509.NameOID.COUNTRY_NAME)

    @classmethod
    def open(  # noqa: PLR0913 - all but the folder are named
        cls,
        folder: Path,
        *,
        organisation: str,
        country: str = "SE",
        passphrase: str | None,
        now: dt.datetime,
        base_url: str,
    ) -> LocalAuthority:
        """The authority kept in the folder, made there at first start.

        Raises:
            SettingsError: Keys can be read by others or not decrypted, the certificates are over, or they name another
                organisation than the settings do.
            IntegrityError: A part of it is missing or damaged. It is never replaced by itself: what was signed under
                the lost root would lead nowhere.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(folder / "lock"):
            vault = Vault.open(folder, passphrase)
            if not (folder / _KEYS).exists():
                _make(folder, vault, _Installation(organisation, country, base_url.rstrip("/")), now)
            holders = {name: _read(folder / _KEYS, name, vault) for name in _ISSUERS}
        _check_consistent(holders, organisation, now)
        return cls(holders, base_url)

    @property
    def root_pem(self) -> bytes:
        """The root that signatures and seals lead up to."""
        return self._holders[ROOT].certificate.public_bytes(Encoding.PEM)

    @property
    def tsa_root_pem(self) -> bytes:
        """The root that the local timestamps lead up to."""
        return self._holders[TSA_ROOT].certificate.public_bytes(Encoding.PEM)

    @property
    def issuing_pem(self) -> bytes:
        """The certificate that issues people's certificates and the seal's."""
        return self._holders[ISSUING].certificate.public_bytes(Encoding.PEM)

    def trust(self, now: dt.datetime) -> Trust:
        """This installation's own trust: its roots, with revocation lists no older than a day."""
        return Trust(
            roots=(self.root_pem,),
            tsa_roots=(self.tsa_root_pem,),
            crls=tuple(self.crls(now).values()),
            local_tsa_roots=(self.tsa_root_pem,),
        )

    def crls(self, now: dt.datetime) -> dict[str, bytes]:
        """The revocation list of each authority by name, DER, no older than a day; published at `/crl/<name>.crl`."""
        return {name: self._crl(name, now) for name in (ROOT, ISSUING, TSA_ROOT)}

    def issue_one_shot(self, person: str, role: str, authentication: Authentication, now: dt.datetime) -> OneShotSigner:
        """A new key with a certificate for one signature, valid for half an hour.

        The subject is name, role, organisation and country; the certificate says how the person was authenticated.

        Raises:
            RefusedError: The name is empty or longer than certificates allow, or looks like an identity number, which
                must not stand in what becomes a public record.
        """
        for text, limit in ((person, _COMMON_NAME_LIMIT), (role, _COMMON_NAME_LIMIT)):
            if len(text) > limit:
                raise RefusedError("signatory-name-too-long", name=text, limit=limit)
        if not person.strip():
            raise RefusedError("signatory-name-empty")
        if _IDENTITY_NUMBER.search(person) or _IDENTITY_NUMBER.search(role):
            raise RefusedError("signatory-identity-number")
        context = x509.UnrecognizedExtension(
            x509.ObjectIdentifier(oids.AUTHENTICATION_CONTEXT),
            build_context_extension(authentication, self._base_url),
        )
        profile = Profile(
            ONE_SHOT_LIFE, policy=oids.ONE_SHOT_POLICY, crl_url=self._crl_url(ISSUING), extensions=(context,)
        )
        key = ec.generate_private_key(ec.SECP256R1())
        subject = build_name(person, self.organisation, self._country, title=role or None)
        certificate = build_certificate(subject, profile, self._holders[ISSUING], key, now)
        return OneShotSigner(_to_asn1(certificate), self._chain(), self._signing_crls(now), SoftwareKey(key))

    def seal_signer(self, now: dt.datetime) -> SealSigner:
        """The organisation's seal."""
        key = SoftwareKey(self._holders[SEAL].key)
        return SealSigner(self._certificate(SEAL), self._chain(), self._signing_crls(now), key)

    def evidence_signer(self, now: dt.datetime) -> EvidenceSigner:
        """The key that states outside the PDF what a validation found."""
        key = SoftwareKey(self._holders[EVIDENCE].key)
        return EvidenceSigner(self._certificate(EVIDENCE), self._chain(), self._signing_crls(now), key)

    def tsa_signer(self) -> tuple[Signer, asn1_x509.Certificate]:
        """The key of the local time-stamping authority, and its root."""
        root = self._certificate(TSA_ROOT)
        return Signer(self._certificate(TSA), (root,), (), SoftwareKey(self._holders[TSA].key)), root

    def tsa_crl(self, now: dt.datetime) -> asn1_crl.CertificateList:
        """The revocation list that speaks of the local time-stamping authority."""
        return asn1_crl.CertificateList.load(self._crl(TSA_ROOT, now))

    def _certificate(self, name: str) -> asn1_x509.Certificate:
        # read anew for each use: what asn1crypto has once taken apart it puts together again at every copy, ten times
        # slower than bytes it has not looked into
        return _to_asn1(self._holders[name].certificate)

    def _chain(self) -> tuple[asn1_x509.Certificate, ...]:
        return self._certificate(ISSUING), self._certificate(ROOT)

    def _signing_crls(self, now: dt.datetime) -> tuple[asn1_crl.CertificateList, ...]:
        # the issuing authority's list is made anew for every signature: one that is older than the certificate
        # says nothing about it
        lists = self._new_crl(ISSUING, now), self._crl(ROOT, now)
        return tuple(map(asn1_crl.CertificateList.load, lists))

    def _crl(self, name: str, now: dt.datetime) -> bytes:
        made = self._crls.get(name)
        if made is None or not dt.timedelta(0) <= now - made[0] < _CRL_REFRESH:
            return self._new_crl(name, now)
        return made[1]

    def _new_crl(self, name: str, now: dt.datetime) -> bytes:
        with self._lock:
            # microseconds since 1970 rise over restarts and processes without anything to remember
            self._last_number = max(int(now.timestamp() * 1_000_000), self._last_number + 1)
            number = self._last_number
        crl = build_crl(self._holders[name], number, now).public_bytes(Encoding.DER)
        self._crls[name] = now, crl
        return crl

    def _crl_url(self, name: str) -> str:
        return _crl_url(self._base_url, name)


def _crl_url(base_url: str, name: str) -> str:
    return f"{base_url}/crl/{name}.crl"


@contextmanager
def _locked(path: Path) -> Generator[None]:
    """Hold the lock; the system lets go of it when the process ends, however it ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make(folder: Path, vault: Vault, installation: _Installation, now: dt.datetime) -> None:
    organisation, country, base_url = installation.organisation, installation.country, installation.base_url
    staging = folder / _STAGING
    if staging.exists():
        shutil.rmtree(staging)  # of a start that was killed; nothing was ever signed with it
    staging.mkdir(mode=0o700)
    profiles = {
        ROOT: (f"{organisation} Rot-CA", Profile(ROOT_LIFE, authority=True)),
        ISSUING: (
            f"{organisation} Utfärdande CA",
            Profile(ISSUING_LIFE, authority=True, crl_url=_crl_url(base_url, ROOT)),
        ),
        TSA_ROOT: (f"{organisation} Rot för tidsstämpling", Profile(ROOT_LIFE, authority=True)),
        TSA: (
            f"{organisation} Lokal tidsstämpling",
            Profile(TSA_LIFE, timestamping=True, crl_url=_crl_url(base_url, TSA_ROOT)),
        ),
        SEAL: (
            organisation,
            Profile(SEAL_LIFE, policy=oids.SEAL_POLICY, crl_url=_crl_url(base_url, ISSUING)),
        ),
        EVIDENCE: (
            f"{organisation} Valideringsintyg",
            Profile(SEAL_LIFE, policy=oids.EVIDENCE_POLICY, crl_url=_crl_url(base_url, ISSUING)),
        ),
    }
    made: dict[str, Holder] = {}
    for name, (common_name, profile) in profiles.items():
        issuer = _ISSUERS[name]
        key = ec.generate_private_key(ec.SECP256R1() if issuer else ec.SECP384R1())
        subject = build_name(common_name[:_COMMON_NAME_LIMIT], organisation, country)
        certificate = build_certificate(subject, profile, made[issuer] if issuer else None, key, now)
        made[name] = Holder(certificate, key)
        write_new(staging / f"{name}.key.pem", vault.encrypt(key))
        write_new(staging / f"{name}.pem", certificate.public_bytes(Encoding.PEM), mode=0o644)
    staging.rename(folder / _KEYS)
    sync_folder(folder)


def _read(keys: Path, name: str, vault: Vault) -> Holder:
    key_file, certificate_file = keys / f"{name}.key.pem", keys / f"{name}.pem"
    try:
        check_private(key_file)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        pem = key_file.read_bytes()
    except FileNotFoundError as error:
        raise IntegrityError("authority-damaged", file=str(error.filename)) from error
    except ValueError as error:
        raise IntegrityError("authority-damaged", file=str(certificate_file)) from error
    if not pem.rstrip().endswith(b"-----END ENCRYPTED PRIVATE KEY-----"):
        raise IntegrityError("authority-damaged", file=str(key_file))
    return Holder(certificate, vault.decrypt(pem, key_file.name))


def _check_consistent(holders: Mapping[str, Holder], organisation: str, now: dt.datetime) -> None:
    for name, holder in holders.items():
        certificate = holder.certificate
        if certificate.public_key() != holder.key.public_key():
            raise IntegrityError("authority-damaged", file=f"{name}.pem")
        issuer = _ISSUERS[name] or name
        try:
            certificate.verify_directly_issued_by(holders[issuer].certificate)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise IntegrityError("authority-damaged", file=f"{name}.pem") from error
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise SettingsError("authority-over", certificate=name, until=certificate.not_valid_after_utc.date())
    named = _attribute(holders[SEAL].certificate.subject, x509.NameOID.ORGANIZATION_NAME)
    if named != organisation:
        raise SettingsError("authority-organisation", named=named, organisation=organisation)


def _attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    value = name.get_attributes_for_oid(oid)[0].value
    return value if isinstance(value, str) else value.decode()


def _to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
