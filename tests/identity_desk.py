"""A provider of our own making behind the port: it keeps its word to the letter, and does what a test tells it to.

Whoever is to sign in is announced with a code, which is good once; or is waited for.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from life import Life
from signflow.blobs import digest_of
from signflow.errors import RefusedError, UnavailableError
from signflow.identity.provider import Begun, Identity, Pending, SignIn
from signflow.rounds.model import Method

PROVIDER = "https://legitimering.example"
LOA3 = "http://id.elegnamnden.se/loa/1.0/loa3"


@dataclass
class IdentityDesk:
    """The provider.

    Attributes:
        waits: Whether the browser stays with us, and we ask.
        away: Whether it answers nobody just now.
        begun: What was begun here, in order.
        coming: Who signs in with which code.
        here: Who it is that is waited for; None while nobody has come.
    """

    waits: bool = False
    away: bool = False
    begun: list[SignIn] = field(default_factory=list[SignIn])
    coming: dict[str, Identity | str] = field(default_factory=dict[str, Identity | str])
    here: Identity | str | None = None

    @property
    def name(self) -> str:
        return "Legitimeringstjänsten"

    def begin(self, sign_in: SignIn) -> Begun:
        self._answers()
        self.begun.append(sign_in)
        url = "" if self.waits else f"{PROVIDER}/authorize?state={sign_in.state}"
        return Begun(url, {"order": f"order-{sign_in.reference}", "seconds": 7})

    def complete(
        self, sign_in: SignIn, kept: Mapping[str, str | int], answer: Mapping[str, str], now: dt.datetime
    ) -> Identity | Pending:
        self._answers()
        assert kept == {"order": f"order-{sign_in.reference}", "seconds": 7}
        known = next(one for one in self.begun if one.reference == sign_in.reference)
        assert replace(sign_in, address=known.address) == known  # a telephone changes networks
        if self.waits:
            found: Identity | str | None = self.here
        elif answer.get("state") != sign_in.state:
            raise RefusedError("sign-in-bankid-failed")
        else:
            found = self.coming.pop(answer.get("code", ""), "sign-in-bankid-failed")
        if found is None:
            return Pending("start", "https://app.example/?token=t", "bankid.qr.7.abc")
        if isinstance(found, str):
            raise RefusedError(found)
        return replace(found, at=now)

    def _answers(self) -> None:
        if self.away:
            raise UnavailableError("bankid-unavailable", url=PROVIDER, reason="timeout")


def person(mail: str = "", name: str = "", identifier: str = "", level: str = LOA3) -> Identity:
    """Who signs in, as the desk vouches."""
    evidence = json.dumps({"sub": identifier or mail, "name": name}).encode()
    at = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    return Identity(PROVIDER, at, level, digest_of(evidence), name, mail, identifier, evidence)


def with_desk(life: Life, *, by_mail: bool = True, waits: bool = False) -> IdentityDesk:
    """Let signatories of the house sign in at a desk."""
    desk = IdentityDesk(waits=waits)
    method = Method.BANKID if waits else Method.OIDC
    life.with_ports(identity=desk, recognised_by_mail=by_mail, policy=replace(life.ports.policy, method=method))
    return desk
