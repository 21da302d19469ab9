"""Headers of a mail, folded so that they are read again as they were written.

The library's own folding (Python 3.11) loses the space between two encoded words where a line ends between them, in one
Swedish title of twenty and in as many long names, and a name's quotation marks where it is not encoded. Words are therefore encoded as a whole, by the library's older
`Header`, which has it right. Nor does the library know that an identifier of a message may be longer than a line in
other headers than `Message-ID`.

Source: RFC 2047 2 and 5 (encoded words), RFC 5322 2.2.3 (folding) and 3.6.4 (identifiers), RFC 6532 (headers in UTF-8).
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import (
    BaseHeader,
    HeaderRegistry,
    MessageIDHeader,
    UniqueSingleAddressHeader,
    UniqueUnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy


class _Words(UniqueUnstructuredHeader, BaseHeader):  # pyright: ignore[reportIncompatibleVariableOverride] -- as the registry joins them
    """Such as a subject."""

    def fold(self, *, policy: Policy) -> str:
        """The header as lines."""
        return f"{self.name}: {_encoded(str(self), self.name, policy)}{policy.linesep}"


class _Correspondent(UniqueSingleAddressHeader, BaseHeader):  # pyright: ignore[reportIncompatibleVariableOverride, reportIncompatibleMethodOverride] -- likewise
    """One address with a name."""

    def fold(self, *, policy: Policy) -> str:
        """The header as lines."""
        address = f"<{self.address.addr_spec}>"
        quoted = str(self.address).removesuffix(address).rstrip()  # in quotation marks where a name needs them
        if not self.address.display_name:
            return f"{self.name}: {address}{policy.linesep}"
        if getattr(policy, "utf8", False):
            return f"{self.name}: {quoted}{policy.linesep} {address}{policy.linesep}"
        words = quoted if quoted.isascii() else self.address.display_name
        return f"{self.name}: {_encoded(words, self.name, policy)}{policy.linesep} {address}{policy.linesep}"


class _Identifier(MessageIDHeader, BaseHeader):  # pyright: ignore[reportIncompatibleVariableOverride] -- likewise
    """That of another message."""


def _encoded(words: str, name: str, policy: Policy) -> str:
    charset = "us-ascii" if words.isascii() else "utf-8"
    return Header(words, charset, header_name=name).encode(linesep=policy.linesep)


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    registry.map_to_type("Subject", _Words)
    for name in ("From", "To", "Reply-To"):
        registry.map_to_type(name, _Correspondent)
    for name in ("In-Reply-To", "References"):
        registry.map_to_type(name, _Identifier)
    return SMTP.clone(header_factory=registry)


LETTER = _policy()
"""The policy of letters. A mail that was made under it keeps its headers' folding under every other."""
