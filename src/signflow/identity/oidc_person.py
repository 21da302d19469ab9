"""What a provider says of a person, in an ID token or when it is asked besides.

Source: OpenID Connect Core 1.0, section 5.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from signflow.errors import RefusedError
from signflow.identity.oidc_reading import text, texts

_LONGEST = 200
_MOST_ROLES = 200
_MAIL = "email"


@dataclass(frozen=True, slots=True)
class Person:
    """What is of use to us; what was not said is empty.

    Attributes:
        name: Theirs.
        mail: Their address, which the provider has verified.
        identifier: What the chosen claim says; for `email` the verified address.
        level: The level of assurance, if it is a URI.
        roles: What the claim of roles says, if one is wanted.
    """

    name: str
    mail: str
    identifier: str = field(repr=False)
    level: str
    roles: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether enough was said to recognise them."""
        return bool(self.name and self.identifier)

    def joined(self, besides: Person) -> Person:
        """With what was said besides, where nothing was said before."""
        return Person(
            name=self.name or besides.name,
            mail=self.mail or besides.mail,
            identifier=self.identifier or besides.identifier,
            level=self.level,
            roles=self.roles or besides.roles,
        )


def read_person(claims: Mapping[str, Any], claim: str, roles_claim: str = "") -> Person:
    """Whom the claims describe.

    Args:
        claims: As they came, verified.
        claim: The one that people are recognised by.
        roles_claim: A list of what they are; none is wanted if empty.

    Raises:
        RefusedError: One of them is no text, or none that a name or an identifier can be.
    """
    try:
        mail = text(claims, _MAIL, longest=_LONGEST)
        verified = mail if claims.get("email_verified") is True else ""
        parts = (text(claims, name, longest=_LONGEST) for name in ("given_name", "family_name"))
        level = claims.get("acr")
        return Person(
            name=text(claims, "name", longest=_LONGEST) or " ".join(part for part in parts if part),
            mail=verified,
            identifier=verified if claim == _MAIL else text(claims, claim, longest=_LONGEST),
            level=level if isinstance(level, str) and _is_uri(level) else "",
            roles=texts(claims, roles_claim)[:_MOST_ROLES] if roles_claim else (),
        )
    except ValueError as error:
        raise RefusedError("sign-in-failed", reason=str(error)) from None


def _is_uri(value: str) -> bool:
    scheme, colon, rest = value.partition(":")
    return bool(colon and rest) and scheme.isalnum() and value.isascii() and value.isprintable() and " " not in value
