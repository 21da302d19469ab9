"""The organisation's authority as those who sign see it: certificates made, lists published, trust told.

It follows the folder: what a command changes there (another seal, a revocation) holds from the next signature on,
without a restart.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import string
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signflow.errors import NotFoundError, RefusedError, SettingsError, UnavailableError
from signflow.signing import oids
from signflow.signing.authentication import Authentication, build_context_extension
from signflow.signing.authority.account import Account, accounts_of
from signflow.signing.authority.ceremony import Ceremony, RootPlan
from signflow.signing.authority.certificates import (
    Issuer,
    build_certificate,
    build_name,
)
from signflow.signing.authority.folder import KeyFolder
from signflow.signing.authority.installation import COMMON_NAME_LIMIT, Installation
from signflow.signing.authority.lists import RevocationLists, require_key
from signflow.signing.authority.register import (
    AUTHORITIES,
    EVIDENCE,
    ISSUING,
    ROOT,
    SEAL,
    TSA,
    TSA_ROOT,
    Held,
    Register,
)
from signflow.signing.keys.key import SigningKey, SoftwareKey
from signflow.signing.keys.kinds import require_holding
from signflow.signing.keys.signer import EvidenceSigner, OneShotSigner, SealSigner, Signer
from signflow.signing.outside.revocation import Revocation, RevocationSources
from signflow.signing.trust import Trust

_SERIAL_LETTERS = 16
_IDENTITY_NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)")


@dataclass(slots=True)
class _Read:
    """The folder as it was last read, and the lists made since."""

    stamp: tuple[int, int]
    register: Register
    lists: RevocationLists


class LocalAuthority:
    """Issues the certificates of an installation; safe to use from several threads."""

    def __init__(self, folder: KeyFolder, house: Installation, outside: RevocationSources | None = None) -> None:
        """The authority of a folder in which there are certificates."""
        self._folder = folder
        self._house = house
        self._outside = outside
        self._read = self._read_folder(None)
        self.organisation = house.organisation

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
        """The authority kept in the folder, as `open_house` opens it, with nothing out of the ordinary."""
        return cls.open_house(folder, Installation(organisation, country, base_url.rstrip("/")), passphrase, now)

    @classmethod
    def open_house(
        cls,
        folder: Path,
        house: Installation,
        passphrase: str | None,
        now: dt.datetime,
        outside: RevocationSources | None = None,
    ) -> LocalAuthority:
        """The authority kept in the folder, made there at first start.

        Raises:
            SettingsError: Keys can be read by others or not decrypted, are elsewhere than the settings say, or the
                certificates name another organisation than the settings do.
            IntegrityError: A part of it is missing or damaged. It is never replaced by itself.
            UnavailableError: At the first start, a key is in a token that cannot be reached now.
        """
        kept = KeyFolder(folder, passphrase)
        ceremony = Ceremony(kept, house, now)
        with kept.locked():
            if not kept.is_made:
                ceremony.make(RootPlan())
            _require_consistent(ceremony.complete(), house)
        return cls(kept, house, outside)

    @property
    def root_pem(self) -> bytes:
        """The root that signatures and seals lead up to."""
        return _pem(self._register.current(ROOT).certificate)

    @property
    def tsa_root_pem(self) -> bytes:
        """The root that the local timestamps lead up to."""
        return _pem(self._register.current(TSA_ROOT).certificate)

    @property
    def issuing_pem(self) -> bytes:
        """The certificate that issues people's certificates."""
        return _pem(self._register.current(ISSUING).certificate)

    def trust(self, now: dt.datetime) -> Trust:
        """This installation's own trust: all roots it ever had, with revocation lists no older than a day.

        The list of an authority whose key cannot be reached now is left out: those in the files speak for themselves.
        """
        register = self._register
        outside = [one.chain[-1] for one in register.held.values() if one.is_outside]
        roots = dict.fromkeys(map(_pem, [*(one.certificate for one in reversed(register.all(ROOT))), *outside]))
        tsa_roots = tuple(_pem(one.certificate) for one in reversed(register.all(TSA_ROOT)))
        lists: list[bytes] = []
        for held in self._lists.published(now):
            with suppress(UnavailableError, SettingsError):
                lists.append(self._lists.current(held, now))
        return Trust(
            roots=tuple(roots),
            tsa_roots=tsa_roots,
            crls=tuple(lists),
            local_tsa_roots=tsa_roots,
            own_roots=tuple(_pem(one.certificate) for one in register.all(ROOT)),
        )

    def crls(self, now: dt.datetime) -> dict[str, bytes]:
        """The revocation list of each authority by label, DER; published at `/crl/<label>.crl`.

        No older than a day, unless the authority's key is not on the machine. One that is over has no list any more.

        Raises:
            SettingsError: The list of an authority whose key is not on the machine is over.
            UnavailableError: An authority's key is in a token that cannot be reached now.
        """
        return {one.entry.label: self._lists.current(one, now) for one in self._lists.published(now)}

    def crl(self, label: str, now: dt.datetime) -> bytes:
        """One of them.

        Raises:
            NotFoundError: There is no such authority, or it is over.
            SettingsError: As for all of them.
            UnavailableError: Likewise.
        """
        found = [one for one in self._lists.published(now) if one.entry.label == label]
        if not found:
            raise NotFoundError("no-such-crl", name=label)
        return self._lists.current(found[0], now)

    def certificates(self) -> dict[str, bytes]:
        """The certificate of each authority by label, DER; published at `/ca/<label>.crt`."""
        authorities = self._register.all(*AUTHORITIES)
        return {one.entry.label: one.certificate.public_bytes(Encoding.DER) for one in authorities}

    def issue_one_shot(self, person: str, role: str, authentication: Authentication, now: dt.datetime) -> OneShotSigner:
        """A new key with a certificate for one signature, valid for half an hour.

        The subject is name, role, organisation, country and a random serial, which tells apart people of one name and
        says nothing about them; the certificate says how the person was authenticated.

        Raises:
            RefusedError: The name is empty or longer than certificates allow, or looks like an identity number, which
                must not stand in what becomes a public record.
            SettingsError: The issuing certificate is over or revoked, or an algorithm has ended.
            UnavailableError: The issuing key is in a token that cannot be reached now.

        Source: ETSI EN 319 412-2, 4.2.4.
        """
        _require_name(person, role)
        context = x509.UnrecognizedExtension(
            x509.ObjectIdentifier(oids.AUTHENTICATION_CONTEXT),
            build_context_extension(authentication, self._house.base_url),
        )
        issuing = self._register.current(ISSUING)
        issuer = Issuer(issuing.certificate, self._usable(issuing, now))
        key = SoftwareKey(self._house.kind.make())
        require_holding(key.public_key, now)
        serial = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_SERIAL_LETTERS))
        subject = build_name(person, self._house.organisation, self._house.country, title=role, serial=serial)
        profile = self._house.one_shot_profile(issuing.entry.label, context)
        certificate = build_certificate(subject, profile, issuer, key, now)
        chain = (issuing.certificate, *self._chain(issuing))
        revocation = self._revocation(issuing, now, fresh=True)
        return OneShotSigner(_to_asn1(certificate), _all_to_asn1(chain), revocation.crls, key, revocation.ocsps)

    def seal_signer(self, now: dt.datetime) -> SealSigner:
        """The organisation's seal.

        Raises:
            SettingsError: Its certificate is over or revoked, or an algorithm has ended.
            UnavailableError: A revocation list of an authority outside cannot be had now.
        """
        held = self._register.current(SEAL)
        key, revocation = self._usable(held, now), self._revocation(held, now)
        chain = _all_to_asn1(self._chain(held))
        return SealSigner(_to_asn1(held.certificate), chain, revocation.crls, key, revocation.ocsps)

    def evidence_signer(self, now: dt.datetime) -> EvidenceSigner:
        """The key that states outside the PDF what a validation found.

        Raises:
            SettingsError: As for the seal.
            UnavailableError: Likewise.
        """
        held = self._register.current(EVIDENCE)
        key, revocation = self._usable(held, now), self._revocation(held, now)
        chain = _all_to_asn1(self._chain(held))
        return EvidenceSigner(_to_asn1(held.certificate), chain, revocation.crls, key, revocation.ocsps)

    def tsa_signer(self) -> tuple[Signer, asn1_x509.Certificate]:
        """The key of the local time-stamping authority, and its root.

        Raises:
            SettingsError: The key is not on the machine.
        """
        tsa = self._register.current(TSA)
        chain = _all_to_asn1(self._chain(tsa))
        return Signer(_to_asn1(tsa.certificate), chain, (), require_key(tsa)), chain[-1]

    def tsa_crl(self, now: dt.datetime) -> asn1_crl.CertificateList:
        """The revocation list that speaks of the local time-stamping authority.

        Raises:
            SettingsError: The authority's certificate is over or revoked: it stamps no more.
        """
        register = self._register
        tsa = register.current(TSA)
        self._usable(tsa, now)
        return asn1_crl.CertificateList.load(self._lists.current(register.issuers(tsa)[0], now))

    def accounts(self, now: dt.datetime) -> list[Account]:
        """What there is to say of every certificate, in use or not, and what somebody must see to."""
        return accounts_of(self._register, now)

    def renew(self, now: dt.datetime) -> list[str]:
        """Renew what ends within sixty days and whose issuer's key is at hand; the labels that are new.

        Raises:
            UnavailableError: A key is in a token that cannot be reached now.
        """
        with self._folder.locked():
            return Ceremony(self._folder, self._house, now).renew()

    @property
    def _register(self) -> Register:
        return self._now_read().register

    @property
    def _lists(self) -> RevocationLists:
        return self._now_read().lists

    def _now_read(self) -> _Read:
        read = self._read
        if read.stamp != self._folder.stamp():
            self._read = read = self._read_folder(read)
        return read

    def _read_folder(self, before: _Read | None) -> _Read:
        with self._folder.locked():
            register = self._folder.read(self._house.places)
            return _Read(
                self._folder.stamp(), register, RevocationLists(register, before.lists.last_number if before else 0)
            )

    def _usable(self, held: Held, now: dt.datetime) -> SigningKey:
        """Its key, if it may sign anything new. What it signed before stays as good as it was."""
        for one in (held, *self._register.issuers(held)):
            until, label = one.certificate.not_valid_after_utc, one.entry.label
            if not one.certificate.not_valid_before_utc <= now <= until:
                raise SettingsError("authority-over", certificate=label, until=until.date())
            if one.entry.revoked_at:
                raise SettingsError("authority-revoked", certificate=label, at=one.entry.revoked_at)
            require_holding(one.public_key, now)
        return require_key(held)

    def _chain(self, held: Held) -> tuple[x509.Certificate, ...]:
        """Its issuers, root last."""
        above = self._register.issuers(held)
        return (*(one.certificate for one in above), *(above[-1] if above else held).chain)

    def _revocation(self, held: Held, now: dt.datetime, *, fresh: bool = False) -> Revocation:
        """What speaks for a certificate and its issuers; with `fresh`, for what it issues now.

        The nearest authority's list is made anew for every signature: one that is older than the certificate says
        nothing about it.
        """
        above = ([held] if fresh else []) + self._register.issuers(held)
        nearest, upper = above[:1], above[1:]
        lists = [self._lists.new(one, now) for one in nearest] + [self._lists.current(one, now) for one in upper]
        outside = Revocation((), ())
        top = above[-1] if above else held
        if top.is_outside and self._outside is not None:
            outside = self._outside.speaking_for([_all_to_asn1((top.certificate, *top.chain))], now)
        return Revocation((*map(asn1_crl.CertificateList.load, lists), *outside.crls), outside.ocsps)


def _require_name(person: str, role: str) -> None:
    for text in (person, role):
        if len(text) > COMMON_NAME_LIMIT:
            raise RefusedError("signatory-name-too-long", name=text, limit=COMMON_NAME_LIMIT)
    if not person.strip():
        raise RefusedError("signatory-name-empty")
    if _IDENTITY_NUMBER.search(person) or _IDENTITY_NUMBER.search(role):
        raise RefusedError("signatory-identity-number")


def _require_consistent(register: Register, house: Installation) -> None:
    seal = register.current(SEAL)
    named = seal.certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
    if not seal.is_outside and [one.value for one in named] != [house.organisation]:
        raise SettingsError("authority-organisation", named=str(named[0].value), organisation=house.organisation)
    for name in (SEAL, ISSUING, TSA):
        entry = register.current(name).entry
        if (name in house.places) != entry.is_elsewhere:
            raise SettingsError("authority-key-place", certificate=entry.label, setting=f"{name}_key", name=name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    # read anew for each use: what asn1crypto has once taken apart it puts together again at every copy, ten times
    # slower than bytes it has not looked into
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _all_to_asn1(certificates: Iterable[x509.Certificate]) -> tuple[asn1_x509.Certificate, ...]:
    return tuple(map(_to_asn1, certificates))
