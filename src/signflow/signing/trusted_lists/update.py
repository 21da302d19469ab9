"""How a trusted list gets into the folder.

1. The list of lists is had. It must be signed by one of those whom the issue before named, or, the first time, whom the
   organisation trusts beforehand. If it is not, the issues at which the signers changed (pivots) are had from the same
   host and followed from the oldest on: each must be signed by those whom the one before named.
2. It must be the list of lists, and no older than the issue that is there.
3. For each state that is wanted, its list is had from where the list of lists says. It must be signed by one of those
   whom the list of lists names for that state, be of that state, and no older than the issue that is there.

A list that fails leaves the one before in its place; where it is a state's, the others go on. A list whose next issue is
overdue is kept and said to be stale.

Source: ETSI TS 119 615, 4.1 to 4.3; ETSI TS 119 612, 5.3.2 (sequence numbers) and 5.3.15 (next update).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from importlib import resources
from typing import TypeVar
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signflow.errors import IntegrityError, RefusedError, SignflowError
from signflow.signing.algorithms import AlgorithmPolicy
from signflow.signing.trust import read_certificate
from signflow.signing.trusted_lists.folder import Had, KeptLists, KeptState, ListFolder, read_services
from signflow.signing.trusted_lists.model import Edition, ListedService, ListOfLists
from signflow.signing.trusted_lists.reading import read_edition, read_list_of_lists, read_pivots, read_state_list
from signflow.signing.trusted_lists.signed import SignedList, read_root, verify_signed
from signflow.signing.trusted_lists.sources import ListSource

LIMIT_PIVOTS = 20
LIST_OF_LISTS = "EU"

_K = TypeVar("_K", KeptLists, KeptState)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an organisation wants of the lists.

    Attributes:
        url: Where the list of lists is.
        signers: DER certificates that may sign the first one.
        territories: Whose lists.
        algorithms: Which hold.
    """

    url: str
    signers: tuple[bytes, ...]
    territories: tuple[str, ...]
    algorithms: AlgorithmPolicy


class Outcome(StrEnum):
    """What became of one list."""

    NEW = "new"
    SAME = "same"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of one list.

    Attributes:
        territory: Whose; `EU` for the list of lists.
        outcome: What became of it.
        edition: The issue that is there now; None when there is none.
        error: Why it failed.
    """

    territory: str
    outcome: Outcome
    edition: Edition | None
    error: SignflowError | None = None


def published_signers() -> tuple[bytes, ...]:
    """Whom the Commission has published as signers of the list of lists, as pyHanko carries them: DER.

    Source: Official Journal, C/2026/1944.
    """
    # the file itself: the module that reads it loads a second of generated classes
    file = resources.files("pyhanko.sign.validation.qualified").joinpath("lotl-certs", "latest.cert.pem")
    found = x509.load_pem_x509_certificates(file.read_bytes())
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)


def as_der(certificates: Iterable[bytes]) -> tuple[bytes, ...]:
    """Certificates in DER, from DER or PEM.

    Raises:
        SettingsError: One is neither.
    """
    return tuple(read_certificate(one).dump() for one in certificates)


@dataclass(frozen=True, slots=True)
class TrustedLists:
    """The lists that an organisation wants.

    Attributes:
        folder: Where they are kept.
        source: Where they come from.
        wanted: Which they are.
    """

    folder: ListFolder
    source: ListSource
    wanted: Wanted

    def services(self) -> tuple[ListedService, ...]:
        """As `read_services`."""
        return read_services(self.folder, self.wanted.territories)

    def update(self, now: dt.datetime) -> tuple[Updated, ...]:
        """As `update_lists`."""
        return update_lists(self.folder, self.source, self.wanted, now)


def update_lists(folder: ListFolder, source: ListSource, wanted: Wanted, now: dt.datetime) -> tuple[Updated, ...]:
    """Bring the folder up to date; the list of lists first, then the states in the order in which they are wanted.

    What fails leaves the issue before in its place. Without a list of lists that holds, no state's list is asked for.

    Raises:
        UnavailableError: The folder cannot be written.
    """
    with folder.locked():
        update = _Update(folder, source, wanted, now)
        known = _sound(folder.lists)
        try:
            lists, outcome = update.lists(known)
        except SignflowError as error:
            return (Updated(LIST_OF_LISTS, Outcome.FAILED, known and known.content.edition, error),)
        updated = [Updated(LIST_OF_LISTS, outcome, lists.content.edition)]
        for territory in wanted.territories:
            before = _sound(partial(folder.state, territory))
            try:
                state, outcome = update.state(lists.content, territory, before)
                updated.append(Updated(territory, outcome, state.content.edition))
            except SignflowError as error:
                updated.append(Updated(territory, Outcome.FAILED, before and before.content.edition, error))
        folder.sweep()
    return tuple(updated)


@dataclass(frozen=True, slots=True)
class _Update:
    folder: ListFolder
    source: ListSource
    wanted: Wanted
    now: dt.datetime

    def lists(self, before: KeptLists | None) -> tuple[KeptLists, Outcome]:
        """1 and 2."""
        signers = before.content.signers if before else self.wanted.signers
        xml = self.source.fetch(self.wanted.url)
        try:
            signed = self._verified(xml, signers)
        except RefusedError as error:
            if error.code != "trusted-list-signer":
                raise
            signed = self._verified(xml, self._followed(xml, signers))
        kept = KeptLists(self._had(self.wanted.url, xml, signed), read_list_of_lists(signed.root))
        return self._keep(kept, xml, before)

    def state(self, lists: ListOfLists, territory: str, before: KeptState | None) -> tuple[KeptState, Outcome]:
        """3."""
        pointer = lists.pointer(territory)
        if pointer is None:
            raise RefusedError("trusted-list-territory", territory=territory)
        xml = self.source.fetch(pointer.url, territory)
        signed = self._verified(xml, pointer.signers)
        kept = KeptState(self._had(pointer.url, xml, signed), read_state_list(signed.root))
        if kept.content.edition.territory != territory:
            raise RefusedError("trusted-list-swapped", territory=territory, found=kept.content.edition.territory)
        return self._keep(kept, xml, before)

    def _followed(self, xml: bytes, signers: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Those whom the newest pivot names. Addresses are read before anything is verified: only our host is asked."""
        host = urlsplit(self.wanted.url).netloc
        pivots = [url for url in read_pivots(read_root(xml)) if urlsplit(url).netloc == host]
        for url in reversed(pivots[:LIMIT_PIVOTS]):
            pivot = self.source.fetch(url)
            try:
                signers = read_list_of_lists(self._verified(pivot, signers).root).signers
            except RefusedError as error:
                # pivots from before the issue that we start from were signed by others
                if error.code != "trusted-list-signer":
                    raise
        return signers

    def _verified(self, xml: bytes, signers: tuple[bytes, ...]) -> SignedList:
        issued_at = read_edition(read_root(xml)).issued_at
        return verify_signed(xml, signers, self.wanted.algorithms, issued_at=issued_at, now=self.now)

    def _had(self, url: str, xml: bytes, signed: SignedList) -> Had:
        return Had(url, self.now, hashlib.sha256(xml).hexdigest(), hashlib.sha256(signed.signer).hexdigest())

    def _keep(self, kept: _K, xml: bytes, before: _K | None) -> tuple[_K, Outcome]:
        if before is None:
            self.folder.keep(kept, xml)
            return kept, Outcome.NEW
        new, old = kept.content.edition, before.content.edition
        if new.sequence < old.sequence or new.issued_at < old.issued_at:
            raise RefusedError("trusted-list-older", territory=new.territory, sequence=new.sequence, known=old.sequence)
        self.folder.keep(kept, xml)
        return kept, Outcome.SAME if kept.had.digest == before.had.digest else Outcome.NEW


def _sound(read: Callable[[], _K | None]) -> _K | None:
    """What was kept before; None when it is damaged, which a fresh issue mends."""
    try:
        return read()
    except IntegrityError:
        return None
