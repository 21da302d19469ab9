"""Certificates from the organisation's own public key infrastructure: asked for, and taken in when they come."""

from __future__ import annotations

from dataclasses import replace

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from signflow.errors import RefusedError, SettingsError
from signflow.signing.authority.ceremony import Ceremony
from signflow.signing.authority.certificates import build_request
from signflow.signing.authority.folder import NewFile, pem_file
from signflow.signing.authority.register import (
    AUTHORITIES,
    DESTROYED,
    EVIDENCE,
    IN_FILE,
    ISSUING,
    SEAL,
    Entry,
)
from signflow.signing.keys.key import SigningKey, SoftwareKey
from signflow.signing.keys.kinds import kind_like, require_holding
from signflow.signing.keys.pkcs11 import Pkcs11Key, Pkcs11Uri

OUTSIDE = (ISSUING, SEAL, EVIDENCE)
"""What an authority outside may issue."""

_LONGEST_CHAIN = 8


def request_certificate(ceremony: Ceremony, name: str) -> bytes:
    """A PKCS#10 request, PEM, for a new key or for the one that the settings name. Asked again, the key is the same.

    Raises:
        SettingsError: The key is not where the settings say.
        UnavailableError: The token cannot be reached now.
    """
    register = ceremony.read()
    key = _waiting_key(ceremony, name)
    if key is None:
        kind = ceremony.house.kind if name == SEAL else kind_like(register.current(name).public_key)
        made = kind.make()
        ceremony.folder.keep_waiting(name, made)
        key = SoftwareKey(made)
    return build_request(ceremony.house.subject(name, register.current(name).entry.generation + 1), key)


def take_certificate(ceremony: Ceremony, name: str, pem: bytes) -> str:
    """Take a certificate from outside into use; its label.

    Args:
        ceremony: The sitting.
        name: What it is for.
        pem: The certificate, its issuers after it, the root last. The root is believed from then on.

    Raises:
        SettingsError: It is unreadable, does not lead to the root given, is over, is for another use, or is not for the
            key of the request.
        RefusedError: Nothing was asked for.
    """
    register = ceremony.read()
    key = _waiting_key(ceremony, name)
    if key is None:
        raise RefusedError("certificate-not-requested", certificate=name)
    require_holding(key.public_key, ceremony.now)
    certificate, chain = _read_chain(pem)
    _require_use(certificate, name)
    if certificate.public_key() != key.public_key:
        raise SettingsError("certificate-other-key", certificate=name)
    if not certificate.not_valid_before_utc <= ceremony.now <= certificate.not_valid_after_utc:
        raise SettingsError("certificate-unusable", certificate=name, reason="validity")
    old = register.current(name)
    place = IN_FILE if isinstance(key, SoftwareKey) else ceremony.house.places[name]
    entry = Entry(name, old.entry.generation + 1, None, place)
    files = [pem_file(entry.label, certificate)]
    files += [NewFile(f"{entry.label}.chain.pem", b"".join(one.public_bytes(Encoding.PEM) for one in chain))]
    if isinstance(key, SoftwareKey):
        files += [ceremony.folder.encrypt(entry.label, key.private)]
    entries = register.with_entry(entry)
    if name not in AUTHORITIES and old.entry.key == IN_FILE:
        entries = [replace(one, key=DESTROYED) if one.label == old.entry.label else one for one in entries]
    ceremony.folder.change(entries, files)
    ceremony.folder.end_waiting(name)
    return entry.label


def _waiting_key(ceremony: Ceremony, name: str) -> SigningKey | None:
    place = ceremony.house.places.get(name)
    if place:
        return Pkcs11Key.find(Pkcs11Uri.read(place))
    waiting = ceremony.folder.waiting_key(name)
    return SoftwareKey(waiting) if waiting else None


def _read_chain(pem: bytes) -> tuple[x509.Certificate, list[x509.Certificate]]:
    try:
        certificate, *chain = x509.load_pem_x509_certificates(pem)
        for below, above in zip([certificate, *chain], [*chain, *chain[-1:]], strict=False):
            below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise SettingsError("certificate-chain", reason=str(error) or type(error).__name__) from error
    if not 0 < len(chain) <= _LONGEST_CHAIN:
        raise SettingsError("certificate-chain", reason=str(len(chain)))
    return certificate, chain


def _require_use(certificate: x509.Certificate, name: str) -> None:
    """An authority may issue, anything else may commit to content.

    Source: RFC 5280, 4.2.1.3 and 4.2.1.9.
    """
    extensions = {one.oid: one.value for one in certificate.extensions}
    basic, usage = extensions.get(ExtensionOID.BASIC_CONSTRAINTS), extensions.get(ExtensionOID.KEY_USAGE)
    issues = isinstance(basic, x509.BasicConstraints) and basic.ca
    good = isinstance(usage, x509.KeyUsage) and (
        issues and usage.key_cert_sign and usage.crl_sign
        if name == ISSUING
        else not issues and (usage.content_commitment or usage.digital_signature)
    )
    if not good:
        raise SettingsError("certificate-unusable", certificate=name, reason="keyUsage")
