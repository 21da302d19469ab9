"""Keys in a token or hardware module, reached through PKCS#11 and named by a URI.

    pkcs11:token=Kommunen;object=sigill?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/signflow/pin

A token may be unplugged, restarted or replaced while the service runs. A call that fails is made again with a new
session, then with the module started anew; after that the token counts as away, and the next signature tries again. A
PIN that was refused is never tried twice: tokens lock after a few.

Source: RFC 7512; PKCS #11 (OASIS), 5.6 and 5.13.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

import pkcs11
from asn1crypto import core
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11 import MGF, Attribute, KeyType, Mechanism, ObjectClass, PKCS11Error
from pkcs11.types import Session, SignMixin, Token
from pkcs11.util.ec import encode_ec_public_key

from signflow.errors import SettingsError, UnavailableError
from signflow.signing.keys.key import PublicKey, algorithm_of, digest_for, is_signature
from signflow.signing.keys.vault import check_private

_T = TypeVar("_T")
_SCHEME = "pkcs11:"
_LIMIT = 2_000
_PIN_LIMIT_BYTES = 256
_PIN_ERRORS = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinLocked, pkcs11.PinExpired)
_PATH = frozenset({"token", "serial", "object", "id", "type"})
_QUERY = frozenset({"module-path", "pin-source"})


@dataclass(frozen=True, slots=True)
class Pkcs11Uri:
    """Where a key is.

    Attributes:
        module: The library that speaks to the token.
        token: Label of the token; empty when `serial` alone tells which.
        serial: Its serial number; empty when `token` alone tells which.
        label: Of the key; empty when `id` alone tells which.
        id: CKA_ID of the key; empty when `label` alone tells which.
        pin_file: Holds the PIN, readable by signflow's own account alone; None for a token that wants none.
    """

    module: Path
    token: str
    serial: str
    label: str
    id: bytes
    pin_file: Path | None

    @classmethod
    def read(cls, text: str) -> Pkcs11Uri:
        """The URI's parts.

        Raises:
            SettingsError: It is none, lacks what is needed, or names what signflow does not know. A PIN in the URI
                (`pin-value`) is refused: URIs are seen by many.

        Source: RFC 7512, section 2.3.
        """
        scheme, path, query = text[: len(_SCHEME)], *text[len(_SCHEME) :].partition("?")[::2]
        if scheme != _SCHEME or len(text) > _LIMIT:
            raise SettingsError("key-uri", reason=_SCHEME)
        named = _attributes(path, ";", _PATH) | _attributes(query, "&", _QUERY)
        for needed in (("module-path",), ("token", "serial"), ("object", "id")):
            if not any(named.get(name) for name in needed):
                raise SettingsError("key-uri", reason="/".join(needed))
        if unquote(named.get("type", "private")) != "private":
            raise SettingsError("key-uri", reason="type")
        source = unquote(named.get("pin-source", ""))
        return cls(
            module=Path(unquote(named["module-path"])),
            token=unquote(named.get("token", "")),
            serial=unquote(named.get("serial", "")),
            label=unquote(named.get("object", "")),
            id=bytes(unquote(named.get("id", ""), "latin-1"), "latin-1"),
            pin_file=Path(source.removeprefix("file:").removeprefix("//")) if source else None,
        )


class Pkcs11Key:
    """A key that never leaves its token; safe to use from several threads."""

    def __init__(self, uri: Pkcs11Uri, public_key: PublicKey) -> None:
        """The key whose public half is known; the token is first asked when it is to sign."""
        self.uri = uri
        self.public_key = public_key
        self.algorithm = algorithm_of(public_key)

    @classmethod
    def find(cls, uri: Pkcs11Uri) -> Pkcs11Key:
        """The key with its public half as the token has it.

        Raises:
            SettingsError: The token has no such key, or several, or does not take the PIN.
            RefusedError: The key is of a kind that signflow does not sign with.
            UnavailableError: The token cannot be reached now.
        """
        module = _module(uri)
        module.forget(uri)
        return cls(uri, module.using(uri, lambda found: _public_key(found, uri)))

    def sign(self, data: bytes) -> bytes:
        """The signature over the data, checked with the public key before it is handed on.

        Raises:
            SettingsError: The token has no such key any more, or another under its name, does not take the PIN, or has
                no mechanism for RSASSA-PSS.
            UnavailableError: The token cannot be reached now; nothing was signed.
        """
        return _module(self.uri).using(self.uri, lambda found: self._checked(found.key, data))

    def _checked(self, key: SignMixin, data: bytes) -> bytes:
        signature = self._sign(key, data)
        if not is_signature(self, data, signature):
            raise _OtherKeyError
        return signature

    def _sign(self, key: SignMixin, data: bytes) -> bytes:
        if isinstance(self.public_key, ed25519.Ed25519PublicKey):
            return key.sign(data, mechanism=Mechanism.EDDSA)
        digest = _digest(digest_for(self.algorithm), data)
        if isinstance(self.public_key, rsa.RSAPublicKey):
            return self._sign_rsa(key, data, digest)
        raw = key.sign(digest, mechanism=Mechanism.ECDSA)
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))

    def _sign_rsa(self, key: SignMixin, data: bytes, digest: bytes) -> bytes:
        """RSASSA-PSS, by whichever mechanism the token has. Source: PKCS #11 (OASIS), PKCS #1 RSA PSS."""
        parameters = (Mechanism.SHA256, MGF.SHA256, self.algorithm.salt_bytes)
        # tokens that take a digest are more than those that digest themselves
        for mechanism, signed in ((Mechanism.RSA_PKCS_PSS, digest), (Mechanism.SHA256_RSA_PKCS_PSS, data)):
            with suppress(pkcs11.MechanismInvalid):
                return key.sign(signed, mechanism=mechanism, mechanism_param=parameters)
        raise SettingsError("token-mechanism", key=_name(self.uri))


class _OtherKeyError(PKCS11Error):
    """What signed is not the key. A handle from before the module was started anew may stand for another object."""


@dataclass(frozen=True, slots=True)
class _Found:
    session: Session
    key: SignMixin


class _Module:
    """A loaded library and the keys found through it. PKCS#11 keeps one state a process, so all calls share one lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._found: dict[Pkcs11Uri, _Found] = {}
        self._refused_pins: dict[Path, int] = {}

    def using(self, uri: Pkcs11Uri, act: Callable[[_Found], _T]) -> _T:
        """What the act gives, with a key in a session that works."""
        last: PKCS11Error | None = None
        with self._lock:
            for find in (self._keep, self._open, self._start_anew):
                try:
                    return act(find(uri))
                except PKCS11Error as error:
                    # the session is not closed: that would fail with what made the call fail, and starting anew ends it
                    self._found.pop(uri, None)
                    last = error
        if isinstance(last, _OtherKeyError):
            raise SettingsError("token-other-key", key=_name(uri))
        if isinstance(last, (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned)):
            raise SettingsError("token-key-missing", key=_name(uri))
        raise UnavailableError("token-unavailable", token=uri.token or uri.serial, reason=type(last).__name__)

    def forget(self, uri: Pkcs11Uri) -> None:
        """Look for the key anew when it is next used."""
        with self._lock:
            self._found.pop(uri, None)

    def _keep(self, uri: Pkcs11Uri) -> _Found:
        return self._found.get(uri) or self._open(uri)

    def _open(self, uri: Pkcs11Uri) -> _Found:
        serial = uri.serial.encode() if uri.serial else None
        token = pkcs11.lib(str(self._path)).get_token(token_label=uri.token or None, token_serial=serial)
        session = self._log_in(token, uri)
        key = _only(session, ObjectClass.PRIVATE_KEY, uri)
        if not isinstance(key, SignMixin):
            raise pkcs11.NoSuchKey
        self._found[uri] = found = _Found(session, key)
        return found

    def _start_anew(self, uri: Pkcs11Uri) -> _Found:
        # a module reads which tokens there are when it starts; that ends the sessions of its other keys too
        self._found.clear()
        pkcs11.lib(str(self._path)).reinitialize()
        return self._open(uri)

    def _log_in(self, token: Token, uri: Pkcs11Uri) -> Session:
        if uri.pin_file is None:
            return token.open()
        pin, written_at_ns = _read_pin(uri.pin_file)
        if self._refused_pins.get(uri.pin_file) == written_at_ns:
            raise SettingsError("token-pin", token=uri.token or uri.serial, file=str(uri.pin_file))
        try:
            return token.open(user_pin=pin)
        except pkcs11.UserAlreadyLoggedIn:  # a whole process is logged in to a token, not a session
            return token.open()
        except _PIN_ERRORS:
            self._refused_pins[uri.pin_file] = written_at_ns
            raise SettingsError("token-pin", token=uri.token or uri.serial, file=str(uri.pin_file)) from None


_modules: dict[Path, _Module] = {}
_modules_lock = threading.Lock()


def _module(uri: Pkcs11Uri) -> _Module:
    with _modules_lock:
        return _modules.setdefault(uri.module, _Module(uri.module))


def _only(session: Session, kind: ObjectClass, uri: Pkcs11Uri) -> object:
    """The one object of that kind and name. The search is brought to its end: one that is left open fails later."""
    named = {Attribute.LABEL: uri.label, Attribute.ID: uri.id}
    template = {Attribute.CLASS: kind, **{name: value for name, value in named.items() if value}}
    found = list(session.get_objects(template))
    if len(found) != 1:
        raise pkcs11.MultipleObjectsReturned if found else pkcs11.NoSuchKey
    return found[0]


def _public_key(found: _Found, uri: Pkcs11Uri) -> PublicKey:
    key = _only(found.session, ObjectClass.PUBLIC_KEY, uri)
    if not isinstance(key, pkcs11.PublicKey):
        raise pkcs11.NoSuchKey
    if key.key_type is KeyType.RSA:
        exponent, modulus = (int.from_bytes(key[name]) for name in (Attribute.PUBLIC_EXPONENT, Attribute.MODULUS))
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    if key.key_type is KeyType.EC_EDWARDS:
        return ed25519.Ed25519PublicKey.from_public_bytes(bytes(core.OctetString.load(key[Attribute.EC_POINT])))
    public = load_der_public_key(encode_ec_public_key(key))
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise pkcs11.NoSuchKey
    return public


def _name(uri: Pkcs11Uri) -> str:
    return f"{uri.token or uri.serial}/{uri.label or uri.id.hex()}"


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    context = hashes.Hash(algorithm)
    context.update(data)
    return context.finalize()


def _read_pin(file: Path) -> tuple[str, int]:
    """The PIN, and when the file was last written."""
    try:
        check_private(file)
        with file.open("rb") as opened:
            pin = opened.read(_PIN_LIMIT_BYTES + 1).rstrip(b"\r\n")
            written_at_ns = os.fstat(opened.fileno()).st_mtime_ns
    except OSError as error:
        raise SettingsError("secret-file-unreadable", file=str(file), reason=error.strerror or "") from error
    if not 0 < len(pin) <= _PIN_LIMIT_BYTES:
        raise SettingsError("secret-file-unreadable", file=str(file), reason="size")
    return pin.decode("utf-8", "replace"), written_at_ns


def _attributes(text: str, separator: str, known: frozenset[str]) -> dict[str, str]:
    """Names and their percent-encoded values."""
    pairs = [part.partition("=") for part in text.split(separator) if part]
    for name, equals, _ in pairs:
        if not equals or name not in known:
            raise SettingsError("key-uri", reason=name)
    if len({name for name, _, _ in pairs}) != len(pairs):
        raise SettingsError("key-uri", reason="twice")
    return {name: value for name, _, value in pairs}
