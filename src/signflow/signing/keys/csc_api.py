"""The Cloud Signature Consortium's API: what is posted, and what of the answers is believed.

Source: Architectures and protocols for remote signature applications, CSC API 1.0.4.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from signflow.errors import SettingsError, UnavailableError
from signflow.line import Line, LineError

_REPLY_LIMIT_BYTES = 200_000
_LONGEST_ITEM = 50_000
_ERROR_NAME = re.compile(r"[A-Za-z_]{1,40}")
_WRONG_PIN = "invalid_pin"


@dataclass(frozen=True, slots=True)
class CscAccount:
    """Where the service is and what opens it.

    Attributes:
        url: Of the API with its version, such as `https://sign.example/csc/v1`.
        credential: The key's name in the service.
        token: Reads the OAuth 2.0 bearer token, anew for every request; gives an empty one where none is wanted.
        pin: Reads the credential's PIN likewise.
    """

    url: str
    credential: str
    token: Callable[[], str]
    pin: Callable[[], str]


class Answer:
    """An object of an answer; what is not as it must be is a ValueError that names the member."""

    def __init__(self, members: object, name: str = "answer") -> None:
        if not isinstance(members, Mapping):
            raise ValueError(name)  # noqa: TRY004 -- what came is wrong, not what was called
        self._members: Mapping[Any, Any] = members

    def part(self, name: str) -> Answer:
        """The object under that name; an empty one where there is none."""
        return Answer(self._members.get(name, {}), name)

    def text(self, name: str, default: str | None = None) -> str:
        """The text under that name."""
        value = self._members.get(name, default)
        if not isinstance(value, str) or len(value) > _LONGEST_ITEM:
            raise ValueError(name)
        return value

    def texts(self, name: str, at_most: int) -> list[str]:
        """The list of texts under that name: at least one."""
        value = self._members.get(name)
        if not isinstance(value, list) or not 0 < len(value) <= at_most:
            raise ValueError(name)
        if not all(isinstance(one, str) and len(one) <= _LONGEST_ITEM for one in value):
            raise ValueError(name)
        return value


class CscApi:
    """The calls for one credential. A PIN that was refused is not sent again before it is another: a few lock it."""

    def __init__(self, account: CscAccount, line: Line) -> None:
        self.account = account
        self._line = line
        self._refused_pin = ""

    def authorize(self, digest: str, *, with_pin: bool) -> str:
        """The activation data for a signature over that digest, base64 as it was given.

        Raises:
            SettingsError: The PIN is not the credential's.
            UnavailableError: No activation was given.
        """
        members: dict[str, object] = {"numSignatures": 1, "hash": [digest]}
        pin = self.account.pin() if with_pin else ""
        if with_pin:
            if not pin or pin == self._refused_pin:
                raise SettingsError("csc-pin", credential=self.account.credential)
            members["PIN"] = pin
        try:
            answer = self.call("credentials/authorize", members)
        except UnavailableError as error:
            if error.params.get("status") == _WRONG_PIN:
                self._refused_pin = pin
                raise SettingsError("csc-pin", credential=self.account.credential) from error
            raise
        return self.read(lambda: answer.text("SAD"))

    def call(self, method: str, members: Mapping[str, object]) -> Answer:
        """What the service answers about the credential.

        Raises:
            UnavailableError: It does not, or says no.
        """
        body = json.dumps({"credentialID": self.account.credential, **members}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token := self.account.token():
            headers["Authorization"] = f"Bearer {token}"
        url = f"{self.account.url}/{method}"
        try:
            reply = self._line.post(url, body, headers=headers, limit_bytes=_REPLY_LIMIT_BYTES)
        except LineError as error:
            raise UnavailableError("csc-unavailable", url=url, reason=str(error)) from error
        if not reply.is_success:
            raise UnavailableError("csc-refused", url=url, status=_error_name(reply.body) or f"HTTP {reply.status}")
        return self.read(lambda: Answer(json.loads(reply.body)))

    def read(self, act: Callable[[], Any]) -> Any:
        """What the act gives, which reads an answer.

        Raises:
            UnavailableError: The answer is not as it must be.
        """
        try:
            return act()
        except (ValueError, TypeError, RecursionError) as error:
            reason = str(error) if len(str(error)) < 100 else type(error).__name__
            raise UnavailableError("csc-invalid", url=self.account.url, reason=reason) from error


def _error_name(body: bytes) -> str:
    """What the service calls its refusal; empty if it does not say."""
    try:
        name = Answer(json.loads(body)).text("error", "")
    except (ValueError, RecursionError):
        return ""
    return name if _ERROR_NAME.fullmatch(name) else ""
