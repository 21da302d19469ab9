"""The revocation lists of the organisation's authorities: made daily, or at the last ceremony where the key is away."""

from __future__ import annotations

import datetime as dt
import threading

from cryptography import x509

from signflow.errors import IntegrityError, SettingsError, UnavailableError
from signflow.signing.authority.certificates import CLOCK_SKEW, CRL_LIFE, Issuer, build_crl
from signflow.signing.authority.register import AUTHORITIES, AWAY, Held, Register
from signflow.signing.keys.key import SigningKey

_REFRESH = dt.timedelta(days=1)


class RevocationLists:
    """The lists of one register, kept while they are fresh; safe to use from several threads."""

    def __init__(self, register: Register, after: int = 0) -> None:
        """The lists of a register, their numbers above this one."""
        self._register = register
        self._made: dict[str, tuple[dt.datetime, bytes]] = {}
        self._lock = threading.Lock()
        self.last_number = after

    def published(self, now: dt.datetime) -> list[Held]:
        """The authorities that have a list: all whose certificate is not over."""
        return [one for one in self._register.all(*AUTHORITIES) if one.certificate.not_valid_after_utc > now]

    def current(self, held: Held, now: dt.datetime) -> bytes:
        """An authority's list, DER, no older than a day.

        One made in the last days bridges a token that is away, for as long as it says of itself that it is current.

        Raises:
            SettingsError: The authority's key is not on the machine and its last list is over.
            UnavailableError: Its key is in a token that cannot be reached now.
        """
        made_at, crl = self._made.get(held.entry.label, (now - CRL_LIFE, b""))
        if dt.timedelta(0) <= now - made_at < _REFRESH:
            return crl
        try:
            return self.new(held, now)
        except UnavailableError:
            if not dt.timedelta(0) <= now - made_at < CRL_LIFE - CLOCK_SKEW:
                raise
            return crl

    def new(self, held: Held, now: dt.datetime) -> bytes:
        """A list made now; where the key is away, the one of the last ceremony.

        Raises:
            SettingsError: As for the current one.
            UnavailableError: Likewise.
        """
        label = held.entry.label
        if held.entry.key == AWAY:
            return _of_ceremony(held, now)
        with self._lock:
            # microseconds since 1970 rise over restarts and processes without anything to remember
            self.last_number = max(int(now.timestamp() * 1_000_000), self.last_number + 1)
            number = self.last_number
        issuer = Issuer(held.certificate, require_key(held))
        crl = build_crl(issuer, number, now, revoked=self._register.revoked_by(label))
        self._made[label] = now, crl
        return crl


def require_key(held: Held) -> SigningKey:
    """The private key of a certificate.

    Raises:
        SettingsError: It is not on the machine.
    """
    if held.key is None:
        raise SettingsError("authority-key-away", certificate=held.entry.label)
    return held.key


def _of_ceremony(held: Held, now: dt.datetime) -> bytes:
    try:
        crl = held.crl or b""
        next_at = x509.load_der_x509_crl(crl).next_update_utc
    except ValueError as error:
        raise IntegrityError("authority-damaged", file=f"{held.entry.label}.crl") from error
    if next_at is not None and next_at < now:
        raise SettingsError("authority-list-over", certificate=held.entry.label, until=next_at.date())
    return crl
