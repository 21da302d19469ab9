"""Private keys at rest: always encrypted, never readable by others.

A key is PKCS#8, encrypted with AES-256 under a 256-bit secret. The secret is a key file of random bytes or is derived
from a passphrase with scrypt, so the cheap key derivation inside PKCS#8 never sees a guessable secret.
"""

from __future__ import annotations

import secrets
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from signflow.durable import write_new
from signflow.errors import SettingsError
from signflow.signing.keys.key import PrivateKey

_SECRET_BYTES = 32
_SALT_BYTES = 16
_SCRYPT_N = 2**16  # 64 MiB and about a fifth of a second, once a start
_SCRYPT_R = 8
_SCRYPT_P = 1
KEY_FILE = "vault.key"
SALT_FILE = "vault.salt"


class Vault:
    """Encrypts and decrypts private keys under one secret."""

    def __init__(self, secret: bytes, origin: str) -> None:
        self._secret = secret.hex().encode()  # some PKCS#8 readers refuse passwords that are no text
        self._origin = origin

    @classmethod
    def open(cls, folder: Path, passphrase: str | None) -> Vault:
        """The vault of a folder, made at first use; two processes that start together get the same one.

        Raises:
            SettingsError: The key file or salt can be read by others or has a wrong length, the passphrase is empty,
                or the folder's keys are kept the other way.
        """
        if passphrase is None:
            if (folder / SALT_FILE).exists():
                raise SettingsError("vault-passphrase-missing", folder=str(folder))
            return cls(_read_or_make(folder / KEY_FILE, _SECRET_BYTES), KEY_FILE)
        if not passphrase:
            raise SettingsError("vault-passphrase-empty")
        if (folder / KEY_FILE).exists():
            raise SettingsError("vault-has-key-file", file=str(folder / KEY_FILE))
        salt = _read_or_make(folder / SALT_FILE, _SALT_BYTES)
        kdf = Scrypt(salt=salt, length=_SECRET_BYTES, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
        return cls(kdf.derive(passphrase.encode()), "passphrase")

    def encrypt(self, key: PrivateKey | MLDSA65PrivateKey) -> bytes:
        """The key as encrypted PKCS#8, PEM."""
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(self._secret))

    def decrypt(self, pem: bytes, name: str) -> PrivateKey:
        """The key.

        Raises:
            SettingsError: The secret is another than the one it was encrypted under, or it is of no kind that signs here.
        """
        key = self.load(pem, name)
        if not isinstance(key, PrivateKey):
            raise SettingsError("vault-locked", key=name, secret=self._origin)
        return key

    def load(self, pem: bytes, name: str) -> object:
        """A key of any kind that there is.

        Raises:
            SettingsError: The secret is another than the one it was encrypted under.
        """
        try:
            return load_pem_private_key(pem, self._secret)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SettingsError("vault-locked", key=name, secret=self._origin) from error


def check_private(path: Path) -> None:
    """Nobody but the owner may read it.

    Raises:
        SettingsError: Group or others have rights on it, or it is no plain file.
    """
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or stat.S_IMODE(status.st_mode) & 0o077:
        raise SettingsError("vault-permissions", file=str(path), mode=f"{stat.S_IMODE(status.st_mode):04o}")


def _read_or_make(path: Path, length_bytes: int) -> bytes:
    if not path.exists():
        with suppress(FileExistsError):  # another process made it meanwhile: its bytes count
            write_new(path, secrets.token_bytes(length_bytes))
    check_private(path)
    data = path.read_bytes()
    if len(data) != length_bytes:
        raise SettingsError("vault-key-damaged", file=str(path), size_bytes=len(data))
    return data
