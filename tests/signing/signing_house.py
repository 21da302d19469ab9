"""An authority with a clock that stands still, and a round's steps with it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path

from signing_paper import build_stamp

from signflow.signing.authentication import Authentication
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.gate import CompleteRound, check_round
from signflow.signing.pades.sign import SealRequest, SignatureRequest, apply_seal, apply_signature
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.trust import Trust

NOW = dt.datetime(2026, 1, 16, 14, 15, 7, 250000, dt.UTC)
ORGANISATION = "Provkommun"
SECRETARY = ("Sekreterare", "Anna Söderström")
ADJUSTER = ("Justerare", "Helene Olofsson")
SEAL_FIELD = "Sigill"


def authentication(at: dt.datetime = NOW) -> Authentication:
    return Authentication(
        method="https://legitimering.example/idp",
        at=at - dt.timedelta(seconds=40),
        level="http://id.elegnamnden.se/loa/1.0/loa3",
        reference="_7f0e",
        evidence_digest=hashlib.sha256(b"evidence").hexdigest(),
    )


@dataclass(frozen=True)
class House:
    """Everything needed to sign, with a clock that stands still."""

    authority: LocalAuthority
    tsa: LocalTsa
    now: dt.datetime = NOW

    def trust(self, at: dt.datetime = NOW) -> Trust:
        return self.authority.trust(at)

    def sign(self, pdf: bytes, field: str, person: str) -> bytes:
        request = SignatureRequest(field, person, field, None, authentication(), build_stamp(person))
        return apply_signature(pdf, request, self.authority, self.tsa, now=self.now)

    def complete(self, pdf: bytes, original: bytes) -> CompleteRound:
        digest = hashlib.sha256(original).hexdigest()
        return check_round(pdf, digest, [SECRETARY, ADJUSTER], self.trust(), self.now)

    def seal(self, complete: CompleteRound) -> bytes:
        request = SealRequest(SEAL_FIELD, None, build_stamp(ORGANISATION))
        return apply_seal(complete, request, self.authority, self.tsa, now=self.now)


def open_house(folder: Path, organisation: str = ORGANISATION) -> House:
    authority = LocalAuthority.open(
        folder, organisation=organisation, passphrase=None, now=NOW, base_url="http://127.0.0.1:8000"
    )
    return House(authority, LocalTsa(authority, lambda: NOW))


@dataclass(frozen=True)
class Stages:
    """One document after each step of its round."""

    original: bytes
    secretary: bytes
    adjuster: bytes
    sealed: bytes
