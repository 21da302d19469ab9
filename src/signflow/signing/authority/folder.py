"""The folder that keeps certificates, keys and the register of them.

    vault.key | vault.salt          what the keys are encrypted under
    lock                            held while anything here is read or changed
    certificates/register.json      which certificates there are, in order; what is not in it does not count
    certificates/seal.pem  certificates/seal.key.pem
    certificates/seal-2.pem  …      the next generation of a certificate has a number; older ones stay
    certificates/seal-2.chain.pem   issuers outside, root last
    certificates/root.crl           the last list of an authority whose key is not on the machine

Every change writes its new files first and the register last, whole: a process killed at any moment leaves the old or
the new. The first register comes with its folder, renamed into place.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from signflow.durable import sync_folder, write_new, write_whole
from signflow.errors import IntegrityError
from signflow.signing.authority.register import AWAY, DESTROYED, EVIDENCE, IN_FILE, ISSUERS, Entry, Held, Register
from signflow.signing.keys.key import PrivateKey, PublicKey, SigningKey, SoftwareKey
from signflow.signing.keys.pkcs11 import Pkcs11Key, Pkcs11Uri
from signflow.signing.keys.vault import Vault, check_private

_KEPT = "certificates"
_STAGING = "certificates.new"
_BEFORE = "keys"
_REGISTER = "register.json"
_PUBLIC_MODE = 0o644


@dataclass(frozen=True, slots=True)
class NewFile:
    """One that is to be in the folder."""

    name: str
    content: bytes
    public: bool = True


class KeyFolder:
    """Reads and changes the folder. Call everything but `is_made` and `stamp` while holding `locked()`."""

    def __init__(self, path: Path, passphrase: str | None) -> None:
        """The folder, made if it is not there.

        Raises:
            SettingsError: The keys are protected another way, or others can read what protects them.
        """
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = path
        self._kept = path / _KEPT
        with self.locked():
            self._vault = Vault.open(path, passphrase)
            if not self.is_made and (path / _BEFORE).exists():
                self._take_over(path / _BEFORE)

    @property
    def is_made(self) -> bool:
        """Whether there are certificates."""
        return self._kept.exists()

    def stamp(self) -> tuple[int, int]:
        """Another one after each change, whoever made it."""
        status = (self._kept / _REGISTER).stat()
        return status.st_ino, status.st_mtime_ns

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the lock; the system lets go of it when the process ends, however it ends."""
        descriptor = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def encrypt(self, name: str, key: PrivateKey) -> NewFile:
        """The key as it is kept."""
        return NewFile(f"{name}.key.pem", self._vault.encrypt(key), public=False)

    def read(self, places: Mapping[str, str]) -> Register:
        """What is kept.

        Args:
            places: PKCS#11 URI by name, as it is set now, for keys that are in a token; a module may have moved since
                the register was written.

        Raises:
            SettingsError: Keys can be read by others or not decrypted.
            IntegrityError: A part is missing or damaged. It is never replaced by itself: what was signed under a lost
                root would lead nowhere.
        """
        entries = list(self._entries())
        current = {entry.name: entry.label for entry in entries}
        held: dict[str, Held] = {}
        for entry in entries:
            place = places.get(entry.name, entry.key) if current[entry.name] == entry.label else entry.key
            held[entry.label] = self._held(entry, place, held)
        if set(ISSUERS) - set(current) - {EVIDENCE}:
            raise IntegrityError("authority-damaged", file=_REGISTER)
        self._sweep(entries)
        return Register(held)

    def make(self, entries: Sequence[Entry], files: Sequence[NewFile]) -> None:
        """The first certificates, all or none."""
        staging = self._path / _STAGING
        if staging.exists():
            shutil.rmtree(staging)  # of a start that was killed; nothing was ever signed with it
        staging.mkdir(mode=0o700)
        _write(staging, files, entries)
        staging.rename(self._kept)
        sync_folder(self._path)

    def change(self, entries: Sequence[Entry], files: Sequence[NewFile] = ()) -> None:
        """Make these the entries, with these files beside those that are there."""
        _write(self._kept, files, entries)
        self._sweep(entries)

    def waiting_key(self, name: str) -> PrivateKey | None:
        """The key for which a certificate was asked for outside; None if there is none."""
        file = self._kept / _request_file(name)
        return self._vault.decrypt(file.read_bytes(), file.name) if file.exists() else None

    def keep_waiting(self, name: str, key: PrivateKey) -> None:
        """Keep a key until the certificate comes that was asked for."""
        write_new(self._kept / _request_file(name), self._vault.encrypt(key))

    def end_waiting(self, name: str) -> None:
        """The certificate has come."""
        (self._kept / _request_file(name)).unlink(missing_ok=True)
        sync_folder(self._kept)

    def _entries(self) -> Iterator[Entry]:
        try:
            written: Any = json.loads(self._read(_REGISTER))
            yield from [Entry(**fields) for fields in written["certificates"]]
        except (ValueError, TypeError, KeyError) as error:
            raise IntegrityError("authority-damaged", file=_REGISTER) from error

    def _take_over(self, before: Path) -> None:
        """What an earlier version kept, which had no register: one generation, and perhaps no evidence key."""
        entries = [
            Entry(name, 1, issuer, IN_FILE) for name, issuer in ISSUERS.items() if (before / f"{name}.pem").exists()
        ]
        _write(before, [], entries)
        before.rename(self._kept)
        sync_folder(self._path)

    def _held(self, entry: Entry, place: str, above: Mapping[str, Held]) -> Held:
        label = entry.label
        certificate = self._certificates(f"{label}.pem")[0]
        outside = entry.issuer is None and ISSUERS[entry.name] is not None
        chain = self._certificates(f"{label}.chain.pem") if outside else ()
        if entry.issuer and entry.issuer not in above:
            raise IntegrityError("authority-damaged", file=_REGISTER)
        key: SigningKey | None = None
        if entry.key == IN_FILE:
            key = self._key(f"{label}.key.pem")
            if key.public_key != certificate.public_key():
                raise IntegrityError("authority-damaged", file=f"{label}.pem")
        elif entry.is_elsewhere:
            public_key = certificate.public_key()
            if not isinstance(public_key, PublicKey):
                raise IntegrityError("authority-damaged", file=f"{label}.pem")
            key = Pkcs11Key(Pkcs11Uri.read(place), public_key)
        issuer = chain[0] if chain else above[entry.issuer].certificate if entry.issuer else certificate
        try:
            certificate.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise IntegrityError("authority-damaged", file=f"{label}.pem") from error
        crl = self._read(f"{label}.crl") if entry.key == AWAY else None
        return Held(entry, certificate, key, chain, crl)

    def _certificates(self, name: str) -> tuple[x509.Certificate, ...]:
        try:
            return tuple(x509.load_pem_x509_certificates(self._read(name)))
        except ValueError as error:
            raise IntegrityError("authority-damaged", file=name) from error

    def _key(self, name: str) -> SigningKey:
        pem = self._read(name)
        check_private(self._kept / name)
        if not pem.rstrip().endswith(b"-----END ENCRYPTED PRIVATE KEY-----"):
            raise IntegrityError("authority-damaged", file=name)
        return SoftwareKey(self._vault.decrypt(pem, name))

    def _read(self, name: str) -> bytes:
        try:
            return (self._kept / name).read_bytes()
        except FileNotFoundError as error:
            raise IntegrityError("authority-damaged", file=name) from error

    def _sweep(self, entries: Sequence[Entry]) -> None:
        """Remove keys that are away or destroyed, and what a killed process left half written.

        A key that no entry speaks of stays: it was never used, and a damaged register must not cost a key.
        """
        gone = [self._kept / f"{entry.label}.key.pem" for entry in entries if entry.key in {AWAY, DESTROYED}]
        unwanted = [file for file in (*gone, *self._kept.glob(".*")) if file.exists()]
        for file in unwanted:
            file.unlink()
        if unwanted:
            sync_folder(self._kept)


def _request_file(name: str) -> str:
    return f"{name}.request.key.pem"


def pem_file(label: str, certificate: x509.Certificate) -> NewFile:
    """The file of a certificate."""
    return NewFile(f"{label}.pem", certificate.public_bytes(Encoding.PEM))


def _write(folder: Path, files: Sequence[NewFile], entries: Sequence[Entry]) -> None:
    for file in files:
        write_whole(folder / file.name, file.content, mode=_PUBLIC_MODE if file.public else 0o600)
    text = json.dumps({"certificates": [asdict(entry) for entry in entries]}, indent=2)
    write_whole(folder / _REGISTER, text.encode() + b"\n", mode=_PUBLIC_MODE)
