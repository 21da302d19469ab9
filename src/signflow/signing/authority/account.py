"""What there is to say of a certificate to those who look after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from signflow.signing.authority.ceremony import RENEW_BEFORE
from signflow.signing.authority.register import AWAY, DESTROYED, IN_FILE, ISSUERS, Held, Register
from signflow.signing.keys.key import bits_of
from signflow.signing.keys.kinds import family_of


class Place(StrEnum):
    """Where a private key is."""

    FILE = "file"
    ELSEWHERE = "elsewhere"
    AWAY = "away"
    DESTROYED = "destroyed"


class Standing(StrEnum):
    """How it stands with a certificate, the worst first."""

    OVER = "over"
    REVOKED = "revoked"
    LIST_OVER = "list-over"
    LIST_ENDS = "list-ends"
    ENDS = "ends"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class Account:
    """One certificate.

    Attributes:
        label: What its files and addresses are called.
        name: What it is for.
        in_use: Whether it is the latest of its name.
        subject: Its common name.
        issuer: Label of its issuer, or the common name of one outside; empty for roots.
        kind: Of its key: `ecdsa 256`, `rsa 3072`, `ed25519 256`.
        place: Where its key is.
        holds_until: Its end.
        list_until: Until when its revocation list is good, for an authority whose key is away.
        revoked_at: Since when it holds no longer.
        standing: What follows.
        digest: SHA-256 of the certificate, lower-case hexadecimal.
    """

    label: str
    name: str
    in_use: bool
    subject: str
    issuer: str
    kind: str
    place: Place
    holds_until: dt.datetime
    list_until: dt.datetime | None
    revoked_at: dt.datetime | None
    standing: Standing
    digest: str

    @property
    def needs_attention(self) -> bool:
        """Whether somebody must do something before, or because, signing stops."""
        return self.in_use and self.standing is not Standing.HOLDS


def accounts_of(register: Register, now: dt.datetime) -> list[Account]:
    """What there is to say of every certificate at that time: by what they are for, the latest first."""
    return [_account(held, register, now) for name in ISSUERS for held in reversed(register.all(name))]


def _account(held: Held, register: Register, now: dt.datetime) -> Account:
    entry, certificate = held.entry, held.certificate
    list_until = x509.load_der_x509_crl(held.crl).next_update_utc if held.crl else None
    places = {IN_FILE: Place.FILE, AWAY: Place.AWAY, DESTROYED: Place.DESTROYED}
    return Account(
        label=entry.label,
        name=entry.name,
        in_use=register.current(entry.name) is held,
        subject=_common_name(certificate.subject),
        issuer=_common_name(certificate.issuer) if held.is_outside else entry.issuer or "",
        kind=f"{family_of(held.public_key)} {bits_of(held.public_key)}",
        place=places.get(entry.key, Place.ELSEWHERE),
        holds_until=certificate.not_valid_after_utc,
        list_until=list_until,
        revoked_at=entry.revocation[0] if entry.revocation else None,
        standing=_standing(held, list_until, now),
        digest=certificate.fingerprint(SHA256()).hex(),
    )


def _standing(held: Held, list_until: dt.datetime | None, now: dt.datetime) -> Standing:
    until = held.certificate.not_valid_after_utc
    if until < now:
        return Standing.OVER
    if held.entry.revoked_at:
        return Standing.REVOKED
    if list_until is not None and list_until < now:
        return Standing.LIST_OVER
    if list_until is not None and list_until - now < RENEW_BEFORE:
        return Standing.LIST_ENDS
    return Standing.ENDS if until - now < RENEW_BEFORE else Standing.HOLDS


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()
