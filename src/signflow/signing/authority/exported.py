"""Private keys outside the machine, protected by a passphrase that a person keeps.

An encrypted PKCS#8 file that openssl reads, with a key derivation slow enough for a passphrase: the library's own PKCS#8
writer derives keys fast, which is right for a random secret and wrong for words.

Source: RFC 5958, RFC 8018, 6.2 (PBES2).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from asn1crypto import algos, keys, pem
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from signflow.errors import SettingsError
from signflow.signing.keys.key import PrivateKey

SHORTEST_PASSPHRASE = 12
_ITERATIONS = 1_000_000  # about half a second, for each guess too
_SALT_BYTES = 16
_KEY_BYTES = 32
_BLOCK_BYTES = 16
_LIMIT_BYTES = 20_000


def build_exported(key: PrivateKey, passphrase: str) -> bytes:
    """The key, encrypted, PEM.

    Raises:
        SettingsError: The passphrase is shorter than twelve characters.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise SettingsError("passphrase-short", least=SHORTEST_PASSPHRASE)
    salt, start = os.urandom(_SALT_BYTES), os.urandom(_BLOCK_BYTES)
    secret = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ITERATIONS, _KEY_BYTES)
    padder = padding.PKCS7(_BLOCK_BYTES * 8).padder()
    plain = padder.update(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())) + padder.finalize()
    encryptor = Cipher(AES256(secret), CBC(start)).encryptor()
    derivation = algos.KdfAlgorithm(
        {
            "algorithm": "pbkdf2",
            "parameters": {
                "salt": algos.Pbkdf2Salt(name="specified", value=salt),
                "iteration_count": _ITERATIONS,
                "prf": {"algorithm": "sha256"},
            },
        }
    )
    scheme = algos.EncryptionAlgorithm({"algorithm": "aes256_cbc", "parameters": start})
    parameters = {"key_derivation_func": derivation, "encryption_scheme": scheme}
    encrypted = keys.EncryptedPrivateKeyInfo(
        {
            "encryption_algorithm": {"algorithm": "pbes2", "parameters": parameters},
            "encrypted_data": encryptor.update(plain) + encryptor.finalize(),
        }
    )
    return pem.armor("ENCRYPTED PRIVATE KEY", encrypted.dump())


def read_exported(file: Path, passphrase: str) -> PrivateKey:
    """The key in a file.

    Raises:
        SettingsError: The file cannot be read, the passphrase is another, or it is of no kind that signs here.
    """
    try:
        with file.open("rb") as opened:
            key = load_pem_private_key(opened.read(_LIMIT_BYTES), passphrase.encode())
    except OSError as error:
        raise SettingsError("file-unreadable", file=str(file), reason=error.strerror or "") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError("exported-key-locked", file=str(file)) from error
    if not isinstance(key, PrivateKey):
        raise SettingsError("exported-key-locked", file=str(file))
    return key
