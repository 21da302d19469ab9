"""Changes to the certificates: made, renewed, replaced, revoked. Each is one change: there or not there.

Source: RFC 5280, section 6.3.3 (whose list speaks for whom), for why an authority's next generation has a new name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cryptography import x509

from signflow.errors import NotFoundError, RefusedError, SettingsError
from signflow.signing.authority.certificates import (
    CEREMONY_CRL_LIFE,
    ROOT_LIFE,
    Issuer,
    build_certificate,
    build_crl,
)
from signflow.signing.authority.folder import KeyFolder, NewFile, pem_file
from signflow.signing.authority.installation import Installation
from signflow.signing.authority.register import (
    AUTHORITIES,
    AWAY,
    DESTROYED,
    EVIDENCE,
    IN_FILE,
    ISSUERS,
    ISSUING,
    ROOT,
    SEAL,
    TSA,
    Entry,
    Held,
    Register,
    revoked,
)
from signflow.signing.keys.key import SigningKey, SoftwareKey
from signflow.signing.keys.kinds import KeyKind, kind_like, require_holding
from signflow.signing.keys.pkcs11 import Pkcs11Key, Pkcs11Uri

RENEW_BEFORE = dt.timedelta(days=60)
"""How long before their end certificates are renewed, and people told of what only they can renew."""

_RENEW_TSA_BEFORE = dt.timedelta(days=400)
"""Longer for the TSA's: evidence is renewed well before its timestamp's certificate ends, and must gain by it."""


@dataclass(frozen=True, slots=True)
class RootPlan:
    """What is chosen when the roots are made.

    Attributes:
        kind: Of their keys.
        life: How long they hold.
        name: Common name of the root that signatures lead up to; one made of the organisation's name if empty.
    """

    kind: KeyKind = KeyKind.P384
    life: dt.timedelta = ROOT_LIFE
    name: str = ""


@dataclass(frozen=True)
class Ceremony:
    """One sitting at the folder, while it is locked.

    Attributes:
        folder: Where the certificates are kept.
        house: Whose they are.
        now: The time of the sitting.
        returned: Keys of roots that are not on the machine but were brought along, by label.
    """

    folder: KeyFolder
    house: Installation
    now: dt.datetime
    returned: Mapping[str, SigningKey] = field(default_factory=dict[str, SigningKey])

    def read(self) -> Register:
        """What there is.

        Raises:
            NotFoundError: Nothing yet.
        """
        if not self.folder.is_made:
            raise NotFoundError("authority-none")
        return self.folder.read(self.house.places)

    def make(self, plan: RootPlan) -> None:
        """The first certificates, all or none.

        Raises:
            RefusedError: There are some already.
            SettingsError: A key that is in a token is not to be found there.
            UnavailableError: The token cannot be reached now.
        """
        if self.folder.is_made:
            raise RefusedError("authority-exists")
        made: dict[str, Issuer] = {}
        entries: list[Entry] = []
        files: list[NewFile] = []
        for name, issuer in ISSUERS.items():
            kind = plan.kind if issuer is None else self.house.kind_of(name)
            key, place, kept = self._new_key(name, name, kind)
            subject = self.house.subject(name, 1)
            if name == ROOT and plan.name:
                subject = x509.Name([*list(subject)[:-1], x509.NameAttribute(x509.NameOID.COMMON_NAME, plan.name)])
            profile = self.house.profile(name, issuer, plan.life if issuer is None else None)
            certificate = build_certificate(subject, profile, made[issuer] if issuer else None, key, self.now)
            made[name] = Issuer(certificate, key)
            entries.append(Entry(name, 1, issuer, place))
            files += [*kept, pem_file(name, certificate)]
        self.folder.make(entries, files)

    def issue(self, name: str, *, new_key: bool) -> Held:
        """A new certificate: for the key that there is, or where the settings say that it is; or for a new key.

        What was issued before stays in the trust. The replaced key of a seal, TSA or evidence certificate is destroyed;
        that of an authority stays, for its revocation lists.

        Raises:
            SettingsError: The issuer's key is not on the machine and was not brought along; the key is not where the
                settings say; or its algorithm has ended.
            UnavailableError: A token cannot be reached now.
        """
        register = self.read()
        old = register.current(name)
        entry = Entry(name, old.entry.generation + 1, self._issuer_label(register, name), IN_FILE)
        key, place, files = self._key_for(old, entry.label, new_key=new_key)
        entry = replace(entry, key=place)
        require_holding(key.public_key, self.now)
        issuer = self._issuer(register.held[entry.issuer]) if entry.issuer else None
        profile = self.house.profile(name, entry.issuer)
        subject = self.house.subject(name, entry.generation)
        certificate = build_certificate(subject, profile, issuer, key, self.now)
        files += [pem_file(entry.label, certificate)]
        if entry.issuer and register.held[entry.issuer].entry.key == AWAY:
            files += [self._ceremony_list(register, entry.issuer)]
        self.folder.change(self._replaced(register, old, entry), files)
        return self.read().held[entry.label]

    def complete(self) -> Register:
        """Make what the folder of an earlier version lacks; what there is then."""
        register = self.read()
        if EVIDENCE in register:
            return register
        key, place, files = self._new_key(EVIDENCE, EVIDENCE, self.house.kind_of(EVIDENCE))
        issuer = self._issuer(register.current(ISSUING))
        subject, profile = self.house.subject(EVIDENCE, 1), self.house.profile(EVIDENCE, ISSUING)
        certificate = build_certificate(subject, profile, issuer, key, self.now)
        entry = Entry(EVIDENCE, 1, ISSUING, place)
        self.folder.change(register.with_entry(entry), [*files, pem_file(EVIDENCE, certificate)])
        return self.read()

    def renew(self) -> list[str]:
        """Renew what ends within sixty days (the TSA's: 400), as far as the issuers' keys are at hand; the labels that are new.

        A certificate whose issuer ends as soon is left: a new one would hold no longer. What an authority outside
        issued is left too.
        """
        renewed: list[str] = []
        register = self.read()
        for name in (ISSUING, TSA, SEAL, EVIDENCE):
            if self._is_due(register, name):
                held = register.current(name)
                renewed.append(self.issue(name, new_key=not held.entry.is_elsewhere).entry.label)
                register = self.read()
        return renewed

    def _is_due(self, register: Register, name: str) -> bool:
        held, issuer = register.current(name), register.current(ISSUERS[name] or name)
        ends_at = held.certificate.not_valid_after_utc
        gains = issuer.certificate.not_valid_after_utc - ends_at > RENEW_BEFORE
        before = _RENEW_TSA_BEFORE if name == TSA else RENEW_BEFORE
        return ends_at - self.now < before and gains and issuer.key is not None and not held.is_outside

    def revoke(self, label: str, reason: x509.ReasonFlags, at: dt.datetime) -> None:
        """Say in the issuer's list that a certificate holds no longer since then.

        Raises:
            NotFoundError: There is no such certificate.
            RefusedError: It is a root, was issued outside, or is revoked already; or the time is yet to come.
            SettingsError: The issuer's key is not on the machine and was not brought along.
        """
        register = self.read()
        held = register.held.get(label)
        if held is None:
            raise NotFoundError("no-such-certificate", certificate=label)
        if held.entry.issuer is None:
            raise RefusedError("revocation-elsewhere", certificate=label)
        if held.entry.revoked_at:
            raise RefusedError("revoked-already", certificate=label, at=held.entry.revoked_at)
        if at > self.now:
            raise RefusedError("revocation-in-future", at=at)
        issuer = register.held[held.entry.issuer]
        self._issuer(issuer)
        entries = register.with_entry(revoked(held.entry, at, reason.value))
        files: list[NewFile] = []
        if issuer.entry.key == AWAY:
            after = Register({**register.held, label: replace(held, entry=revoked(held.entry, at, reason.value))})
            files = [self._ceremony_list(after, issuer.entry.label)]
        self.folder.change(entries, files)

    def extend(self) -> list[str]:
        """Write new lists, good for a year and a month, of the authorities whose keys were brought along; their labels.

        Raises:
            SettingsError: One of them has its key away and it was not brought along.
        """
        register = self.read()
        away = [one.entry.label for one in register.all(*AUTHORITIES) if one.entry.key == AWAY]
        files = [self._ceremony_list(register, label) for label in away]
        self.folder.change([one.entry for one in register.held.values()], files)
        return away

    def put_away(self, labels: list[str]) -> None:
        """Remove the keys of these authorities from the machine, after writing lists that hold until the next sitting."""
        register = self.read()
        files = [self._ceremony_list(register, label) for label in labels]
        entries = [
            replace(one.entry, key=AWAY) if one.entry.label in labels else one.entry for one in register.held.values()
        ]
        self.folder.change(entries, files)

    def _ceremony_list(self, register: Register, label: str) -> NewFile:
        number = int(self.now.timestamp() * 1_000_000)
        revoked_here = register.revoked_by(label)
        issuer = self._issuer(register.held[label])
        crl = build_crl(issuer, number, self.now, revoked=revoked_here, life=CEREMONY_CRL_LIFE)
        return NewFile(f"{label}.crl", crl)

    def _issuer_label(self, register: Register, name: str) -> str | None:
        issuer = ISSUERS[name]
        return register.current(issuer).entry.label if issuer else None

    def _issuer(self, held: Held) -> Issuer:
        key = held.key or self.returned.get(held.entry.label)
        if key is None:
            raise SettingsError("authority-key-away", certificate=held.entry.label)
        require_holding(key.public_key, self.now)
        return Issuer(held.certificate, key)

    def _key_for(self, old: Held, label: str, *, new_key: bool) -> tuple[SigningKey, str, list[NewFile]]:
        name = old.entry.name
        if new_key or name in self.house.places:
            kind = self.house.kind if name == SEAL else kind_like(old.public_key)
            return self._new_key(name, label, kind)
        if isinstance(old.key, SoftwareKey):
            return old.key, IN_FILE, [self.folder.encrypt(label, old.key.private)]
        if old.key is None:
            raise SettingsError("authority-key-away", certificate=old.entry.label)
        return old.key, old.entry.key, []

    def _new_key(self, name: str, label: str, kind: KeyKind) -> tuple[SigningKey, str, list[NewFile]]:
        """Key, place and the file it is kept in; where the settings name a token, the key that is there."""
        place = self.house.places.get(name)
        if place:
            return Pkcs11Key.find(Pkcs11Uri.read(place)), place, []
        key = kind.make()
        return SoftwareKey(key), IN_FILE, [self.folder.encrypt(label, key)]

    def _replaced(self, register: Register, old: Held, entry: Entry) -> list[Entry]:
        entries = register.with_entry(entry)
        if old.entry.name in AUTHORITIES or old.entry.key != IN_FILE:
            return entries
        return [replace(one, key=DESTROYED) if one.label == old.entry.label else one for one in entries]
