"""BankID's API for relying parties: what is posted, and what of the answers is believed.

An answer is believed because of the line it came on: TLS with BankID's own root and nobody else's, and our certificate, which
tells BankID who asks. The API itself signs nothing.

Source: BankID Relying Party API 6.0, `/auth`, `/collect` and its errors (developers.bankid.com).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from signflow.errors import UnavailableError
from signflow.line import Line, LineError, Reply

_REPLY_LIMIT_BYTES = 500_000
_LONGEST_NAME = 200
_TOKEN = re.compile(r"[0-9A-Za-z-]{16,64}")
_WORD = re.compile(r"[A-Za-z]{1,40}")
_PERSONAL_NUMBER = re.compile(r"[0-9]{12}")
_GONE = "invalidParameters"


@dataclass(frozen=True, slots=True)
class Order:
    """An order that BankID has taken. All four are secrets between BankID and us, but for what is shown of the tokens.

    Attributes:
        reference: What it is collected by.
        auto_start_token: Starts the app on the device that shows it.
        qr_start_token: Stands in the QR code.
        qr_start_secret: Makes the QR code another one each second; never leaves us.
    """

    reference: str = field(repr=False)
    auto_start_token: str = field(repr=False)
    qr_start_token: str = field(repr=False)
    qr_start_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Completion:
    """A person has identified themselves.

    Attributes:
        personal_number: Twelve digits.
        name: In full.
        signature: An XML signature by the person's BankID, as it came: base64.
        ocsp: What BankID's responder says of their certificate then, as it came: base64.
    """

    personal_number: str = field(repr=False)
    name: str = field(repr=False)
    signature: str = field(repr=False)
    ocsp: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ongoing:
    """The order is on its way; BankID's hint says how far."""

    hint: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The order has ended without anybody; BankID's hint says why."""

    hint: str


@dataclass(frozen=True, slots=True)
class Gone:
    """BankID knows no such order any longer: it is too old, or how it ended has been told once."""


class BankIdApi:
    """The calls, on a line that has our certificate and trusts BankID's root alone."""

    def __init__(self, url: str, line: Line) -> None:
        """The calls.

        Args:
            url: Of the API with its version: `https://appapi2.bankid.com/rp/v6.0`.
            line: What they travel on.
        """
        self.url = url
        self._line = line

    def auth(self, members: Mapping[str, object]) -> Order:
        """Ask for somebody to identify themselves.

        Raises:
            UnavailableError: BankID takes no order now, or none from us.
        """
        reply = self._post("auth", members)
        if not reply.is_success:
            raise self._unavailable(_refusal(reply))
        try:
            answer = _object(_json(reply), "answer")
            names = ("orderRef", "autoStartToken", "qrStartToken", "qrStartSecret")
            return Order(*(_text(answer, name, _TOKEN) for name in names))
        except ValueError as error:
            raise self._unavailable(str(error)) from error

    def collect(self, reference: str) -> Ongoing | Failed | Completion | Gone:
        """How an order stands. How it ended is told once.

        Raises:
            UnavailableError: BankID does not say now.
        """
        reply = self._post("collect", {"orderRef": reference})
        if not reply.is_success:
            reason = _refusal(reply)
            if reason == _GONE:
                return Gone()
            raise self._unavailable(reason)
        try:
            return _collected(_object(_json(reply), "answer"), reference)
        except ValueError as error:
            raise self._unavailable(str(error)) from error

    def _post(self, method: str, members: Mapping[str, object]) -> Reply:
        # BankID answers 415 to a media type with a charset
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        body = json.dumps(members).encode()
        try:
            return self._line.post(f"{self.url}/{method}", body, headers=headers, limit_bytes=_REPLY_LIMIT_BYTES)
        except LineError as error:
            raise self._unavailable(str(error)) from error

    def _unavailable(self, reason: str) -> UnavailableError:
        return UnavailableError("bankid-unavailable", reason=reason, url=self.url)


def _collected(answer: Mapping[str, object], reference: str) -> Ongoing | Failed | Completion:
    if answer.get("orderRef") != reference:
        raise ValueError("orderRef")
    match answer.get("status"):
        case "pending":
            return Ongoing(_text(answer, "hintCode", _WORD))
        case "failed":
            return Failed(_text(answer, "hintCode", _WORD))
        case "complete":
            data = _object(answer.get("completionData"), "completionData")
            user = _object(data.get("user"), "user")
            return Completion(
                personal_number=_text(user, "personalNumber", _PERSONAL_NUMBER),
                name=_name(user),
                signature=_base64(data, "signature"),
                ocsp=_base64(data, "ocspResponse"),
            )
        case _:
            raise ValueError("status")


def _json(reply: Reply) -> object:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        # what the parser says may quote the answer
        raise ValueError("JSON") from error


def _object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(name)  # noqa: TRY004 -- what came is wrong, not what was called
    return cast("Mapping[str, object]", value)


def _text(members: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(name)
    return value


def _name(user: Mapping[str, object]) -> str:
    value = user.get("name")
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME or not value.isprintable():
        raise ValueError("name")
    return value


def _base64(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    try:
        if isinstance(value, str) and base64.b64decode(value, validate=True):
            return value
    except (binascii.Error, ValueError) as error:
        raise ValueError(name) from error
    raise ValueError(name)


def _refusal(reply: Reply) -> str:
    """What BankID calls its refusal; the status alone if it does not say."""
    try:
        code = _object(_json(reply), "answer").get("errorCode")
    except ValueError:
        code = None
    return code if isinstance(code, str) and _WORD.fullmatch(code) else f"HTTP {reply.status}"
