"""Which certificates an installation has, which of them are in use, and where their keys are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cryptography import x509

from signflow.errors import IntegrityError
from signflow.signing.authority.certificates import Revoked
from signflow.signing.keys.key import PublicKey, SigningKey

ROOT = "root"
ISSUING = "issuing"
TSA_ROOT = "tsa-root"
TSA = "tsa"
SEAL = "seal"
EVIDENCE = "evidence"
ISSUERS: Mapping[str, str | None] = {
    ROOT: None,
    ISSUING: ROOT,
    TSA_ROOT: None,
    TSA: TSA_ROOT,
    SEAL: ISSUING,
    EVIDENCE: ISSUING,
}
"""Which certificate is issued by which."""

AUTHORITIES = (ROOT, ISSUING, TSA_ROOT)
IN_FILE = "file"
AWAY = "away"
DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of one certificate.

    Attributes:
        name: What it is for: one of `ISSUERS`.
        generation: From 1; the highest of a name is the one in use.
        issuer: The label of the certificate that issued it; None for roots, and when an authority outside did.
        key: `file`; `away` when it was exported and removed; `destroyed` when another has taken its place; or the
            PKCS#11 URI of where it is.
        revoked_at: Since when it holds no longer, ISO 8601; empty while it holds.
        reason: Why, by its name in RFC 5280.
    """

    name: str
    generation: int
    issuer: str | None
    key: str
    revoked_at: str = ""
    reason: str = ""

    @property
    def label(self) -> str:
        """What its files and addresses are called."""
        return self.name if self.generation == 1 else f"{self.name}-{self.generation}"

    @property
    def revocation(self) -> tuple[dt.datetime, x509.ReasonFlags] | None:
        """Since when and why it holds no longer; None while it holds."""
        if not self.revoked_at:
            return None
        return dt.datetime.fromisoformat(self.revoked_at), x509.ReasonFlags(self.reason)

    @property
    def is_elsewhere(self) -> bool:
        """Whether its key is in a token."""
        return self.key not in {IN_FILE, AWAY, DESTROYED}


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate of the register.

    Attributes:
        entry: What the register says of it.
        certificate: Itself.
        key: Its private key; None when it is away or destroyed.
        chain: Its issuers outside, root last; empty when it was issued here.
        crl: The last list that it made before its key went away, DER.
    """

    entry: Entry
    certificate: x509.Certificate
    key: SigningKey | None
    chain: tuple[x509.Certificate, ...]
    crl: bytes | None

    @property
    def public_key(self) -> PublicKey:
        """Of the certificate.

        Raises:
            IntegrityError: It is of no kind that signflow ever made.
        """
        key = self.certificate.public_key()
        if not isinstance(key, PublicKey):
            raise IntegrityError("authority-damaged", file=f"{self.entry.label}.pem")
        return key

    @property
    def is_outside(self) -> bool:
        """Whether an authority outside issued it."""
        return bool(self.chain)


@dataclass(frozen=True, slots=True)
class Register:
    """All certificates by label, oldest first."""

    held: Mapping[str, Held]

    def __contains__(self, name: str) -> bool:
        return any(one.entry.name == name for one in self.held.values())

    def current(self, name: str) -> Held:
        """The one in use."""
        return self.all(name)[-1]

    def all(self, *names: str) -> list[Held]:
        """Those of these names, oldest first."""
        return [one for one in self.held.values() if one.entry.name in names]

    def issuers(self, held: Held) -> list[Held]:
        """Its issuers here, nearest first."""
        above: list[Held] = []
        while held.entry.issuer:
            held = self.held[held.entry.issuer]
            above.append(held)
        return above

    def revoked_by(self, label: str) -> list[Revoked]:
        """What this authority has revoked."""
        return [
            Revoked(one.certificate.serial_number, *one.entry.revocation)
            for one in self.held.values()
            if one.entry.issuer == label and one.entry.revocation
        ]

    def with_entry(self, entry: Entry) -> list[Entry]:
        """All entries, this one in the place of that of its label, or last."""
        entries = {label: one.entry for label, one in self.held.items()}
        entries[entry.label] = entry
        return list(entries.values())


def revoked(entry: Entry, at: dt.datetime, reason: str) -> Entry:
    """The entry of a certificate that holds no longer."""
    return replace(entry, revoked_at=at.astimezone(dt.UTC).isoformat(timespec="seconds"), reason=reason)
