"""BankID itself: an order is placed, the person takes it up in their app, and we ask until it knows.

begin ──► order ──► complete: `started`, `approve`, … (with a QR code and a link that open the app) ──► Identity
                                └──► broken off, too late, blocked: RefusedError

It is an authentication with a purpose that the person reads in the app, and no signature of BankID's kind: what is signed is
the PDF, by us, once they have pressed Sign.

Source: BankID Relying Party API 6.0 and its guides on autostart, QR codes and user messages (developers.bankid.com).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import ipaddress
import json
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

from signflow.errors import RefusedError, UnavailableError
from signflow.identity.bankid_api import BankIdApi, Completion, Failed, Gone, Ongoing
from signflow.identity.bankid_signature import is_about
from signflow.identity.provider import Begun, Identity, Pending, SignIn

PROVIDER = "https://www.bankid.com"
LEVEL = "http://id.elegnamnden.se/loa/1.0/loa3"  # Digg has reviewed BankID on file, on card and mobile at level 3
_REAL = "appapi2.bankid.com"
_START = "https://app.bankid.com/"
_LONGEST_TEXT_BYTES = 1125  # 1 500 characters of base64
_LONGEST_ORDER_MS = 240_000  # half a minute until it is taken up, three minutes until it is done
_UNSTARTED = ("outstandingTransaction", "noClient")
_HINTS = {
    "outstandingTransaction": "start",
    "noClient": "start",
    "started": "started",
    "userMrtd": "document",
    "userSign": "approve",
    "processing": "processing",
}
_FAILURES = {
    "userCancel": "cancelled",
    "expiredTransaction": "expired",
    "certificateErr": "certificate",
    "startFailed": "not-started",
    "cancelled": "replaced",
    "notSupportedByUserApp": "app-old",
}


class BankId:
    """The port, for BankID's production or test system.

    A level of assurance is claimed for the production system alone: nobody checks who gets a BankID for tests.
    """

    def __init__(self, api: BankIdApi, clock: Callable[[], dt.datetime]) -> None:
        """The port.

        Args:
            api: The calls.
            clock: The time, aware: the QR code counts seconds from when BankID took the order.
        """
        self._api = api
        self._clock = clock
        self._level = LEVEL if urlsplit(api.url).hostname == _REAL else ""

    @property
    def name(self) -> str:
        """What people know it by."""
        return "BankID"

    def begin(self, sign_in: SignIn) -> Begun:
        """Place an order.

        Called again for the same act it places another, and the first ends by itself when nobody takes it up.

        Raises:
            UnavailableError: BankID takes no order now, or the address of the person's browser is not known.
        """
        order = self._api.auth(
            {
                "endUserIp": self._address(sign_in),
                "returnUrl": f"{sign_in.return_url}?{urlencode({'state': sign_in.state})}",
                "userVisibleData": _base64(_cut(sign_in.purpose)),
                "userNonVisibleData": _base64(sign_in.reference),
            }
        )
        return Begun(
            url="",
            kept={
                "order_ref": order.reference,
                "auto_start_token": order.auto_start_token,
                "qr_start_token": order.qr_start_token,
                "qr_start_secret": order.qr_start_secret,
                "started_ms": round(self._clock().timestamp() * 1000),
            },
        )

    def complete(
        self, sign_in: SignIn, kept: Mapping[str, str | int], answer: Mapping[str, str], now: dt.datetime
    ) -> Identity | Pending:
        """Ask how the order stands. BankID wants to be asked every other second, and no oftener.

        BankID tells the end once. Of two that ask at the same time, the page that waits and the one that the app came back to, one is
        told; the other goes on waiting until what was told is known here, or until the order would have ended anyhow.

        Raises:
            RefusedError: The order has ended without anybody, or the browser came back from another act.
            UnavailableError: BankID does not say now.
        """
        if answer and not hmac.compare_digest(answer.get("state", "").encode(), sign_in.state.encode()):
            raise RefusedError("sign-in-bankid-failed")
        order = str(kept["order_ref"])
        match self._api.collect(order):
            case Completion() as completion:
                return self._identity(sign_in, order, completion, now)
            case Failed(hint):
                raise RefusedError(f"sign-in-bankid-{_FAILURES.get(hint, 'failed')}")
            case Gone():
                if _elapsed_ms(kept, now) > _LONGEST_ORDER_MS:
                    raise RefusedError(f"sign-in-bankid-{_FAILURES['expiredTransaction']}")
                return Pending(_HINTS["processing"], "", "")
            case Ongoing(hint) if hint in _UNSTARTED:
                start = urlencode({"autostarttoken": kept["auto_start_token"], "redirect": "null"})
                return Pending(_HINTS[hint], f"{_START}?{start}", _qr(kept, now))
            case Ongoing(hint):
                return Pending(_HINTS.get(hint, "waiting"), "", "")

    def _address(self, sign_in: SignIn) -> str:
        try:
            return str(ipaddress.ip_address(sign_in.address))
        except ValueError as error:
            raise UnavailableError("bankid-unavailable", reason="endUserIp", url=self._api.url) from error

    def _identity(self, sign_in: SignIn, order: str, completion: Completion, now: dt.datetime) -> Identity:
        signature = base64.b64decode(completion.signature)
        if not is_about(signature, sign_in.reference):
            raise UnavailableError("bankid-unavailable", reason="signature", url=self._api.url)
        evidence = {
            "format": "bankid-6.0",
            "provider": PROVIDER,
            "order_ref": order,
            "reference": sign_in.reference,
            "purpose": _cut(sign_in.purpose),
            "signature": completion.signature,
            "ocsp_response": completion.ocsp,
            "received_at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        }
        return Identity(
            provider=PROVIDER,
            at=now,
            level=self._level,
            reference=hashlib.sha256(signature).hexdigest(),
            name=completion.name,
            mail="",
            identifier=completion.personal_number,
            evidence=json.dumps(evidence, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(),
        )


def _qr(kept: Mapping[str, str | int], now: dt.datetime) -> str:
    """What the QR code shows at this second: the app takes it up for a few seconds only, so a picture of it is worth nothing."""
    seconds = str(max(0, _elapsed_ms(kept, now)) // 1000)
    code = hmac.digest(str(kept["qr_start_secret"]).encode(), seconds.encode(), "sha256").hex()
    return f"bankid.{kept['qr_start_token']}.{seconds}.{code}"


def _elapsed_ms(kept: Mapping[str, str | int], now: dt.datetime) -> int:
    return round(now.timestamp() * 1000) - int(kept["started_ms"])


def _cut(text: str) -> str:
    """As much of the text as BankID takes."""
    data = text.encode()
    if len(data) <= _LONGEST_TEXT_BYTES:
        return text
    return data[: _LONGEST_TEXT_BYTES - len("…".encode())].decode(errors="ignore") + "…"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
