"""The port to identity providers: those to whom a browser goes and comes back, and those that are asked until they know.

begin ──► Begun.url: the browser goes there and comes back with an answer ──► complete(answer) ──► Identity
└──► no url: our page waits, and complete({}) says Pending (with what to show) until it says Identity
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from signflow.texts import Language


@dataclass(frozen=True, slots=True)
class SignIn:
    """One act of signing in. Everything in it can be made again from the reference and a key of ours.

    Attributes:
        reference: Our name for it: random, never used twice.
        state: Holds the reference and cannot be guessed from it; safe in a URL. The provider gives it back.
        secret: 32 bytes that nobody else has; what must be unguessable is derived from them.
        return_url: Where the provider sends the browser.
        purpose: What the person is about to do, in a sentence of their language, for providers that show it.
        language: The person's.
        address: The IP address of the person's browser; empty if it is not known.
    """

    reference: str
    state: str = field(repr=False)
    secret: bytes = field(repr=False)
    return_url: str
    purpose: str
    language: Language
    address: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that the provider knows of, or will know of once the browser gets there.

    Attributes:
        url: Where the browser goes; empty if the person stays on a page of ours.
        kept: What `complete` needs again. May hold secrets of the provider's: kept, and shown nowhere.
    """

    url: str = field(repr=False)
    kept: Mapping[str, str | int] = field(default_factory=dict[str, str | int], repr=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """The provider does not know yet.

    Attributes:
        hint: What the person should do, as a code under `identity.hint`.
        url: Opens the provider's program on this device; empty if there is none.
        qr: What a QR code shows now, for a program on another device; empty if there is none.
    """

    hint: str
    url: str = field(repr=False)
    qr: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """A person whom the provider has identified, just now and for this act.

    Attributes:
        provider: The provider, as a URI.
        at: When the person was authenticated, as the provider says.
        level: Level of assurance, a URI; empty if the provider names none.
        reference: SHA-256 of the provider's assertion, 64 lower-case hexadecimal digits.
        name: The person's name as the provider knows it; empty if it says none.
        mail: Their e-mail address, which the provider has verified; empty if it says none.
        identifier: What the provider knows them by, in the claim that the organisation has chosen: may be a national
            identity number, so it is shown, logged and kept nowhere; empty if the provider says none.
        evidence: JSON by which anybody who trusts the provider's key can see later that all this is so.
        roles: What they are in the organisation, where the provider is asked for that.
    """

    provider: str
    at: dt.datetime
    level: str
    reference: str
    name: str
    mail: str
    identifier: str = field(repr=False)
    evidence: bytes = field(repr=False)
    roles: tuple[str, ...] = ()


class IdentityProvider(Protocol):
    """Whoever identifies people for us."""

    @property
    def name(self) -> str:
        """What people know it by."""
        ...

    def begin(self, sign_in: SignIn) -> Begun:
        """Begin a sign-in.

        Raises:
            UnavailableError: The provider does not answer now.
        """
        ...

    def complete(
        self, sign_in: SignIn, kept: Mapping[str, str | int], answer: Mapping[str, str], now: dt.datetime
    ) -> Identity | Pending:
        """Who it was, once the provider knows.

        Args:
            sign_in: The same act as at `begin`.
            kept: What `begin` gave to keep.
            answer: The query that the browser brought back; empty if it stayed here. Untrusted.
            now: The time, aware.

        Raises:
            RefusedError: Nobody was identified: the person broke it off, or what came cannot be believed. The code is
                one under `errors.sign-in-…`.
            UnavailableError: The provider does not answer now; the same call may be made again.
        """
        ...
