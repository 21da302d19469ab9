"""The tables in the settings file, and what an address in it must be."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""The names of this machine for itself."""

_Name = Annotated[
    str,
    BeforeValidator(
        lambda name: " ".join(unicodedata.normalize("NFC", name).split()) if isinstance(name, str) else name
    ),
    StringConstraints(min_length=1, max_length=200),
]


class OutsideTsa(BaseModel):
    """A time-stamping authority outside: `[[tsa]]` in the file, one object of a JSON list in the environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="Its address.")
    policy: str = Field(
        default="", pattern=r"^(\d+(\.\d+)+)?$", description="The policy it must work under, dotted; any if unset."
    )
    user: str = Field(default="", description="The account, where it wants one.")
    password_file: Path | None = Field(default=None, description="A file that holds its password.")

    @field_validator("password_file")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().resolve() if value else value

    @model_validator(mode="after")
    def _safe(self) -> Self:
        require_address(self.url, secret=bool(self.user))
        return self


class Body(BaseModel):
    """What a body's rules ask of its minutes: `[[bodies]]` in the file, one object of a JSON list in the environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Name = Field(description="The body, as its minutes write it; case does not count.")
    order: Literal["by-role", "together", "one-by-one"] = Field(
        default="by-role",
        description=(
            "In which order people sign after the secretary: the chair and then the adjusters at once, all at once, or the "
            "chair and then the adjusters one by one as the minutes name them."
        ),
    )
    chair: bool = Field(default=False, description="Whether the chair must sign.")
    adjusters: int = Field(default=0, ge=0, le=20, description="How many adjusters must sign at least.")
    members: tuple[_Name, ...] = Field(
        default=(),
        max_length=500,
        description="Who may stand in for a signatory, beside those whom the minutes list as present.",
    )


HookEvent = Literal[
    "document.draft_registered",
    "document.review_opened",
    "document.signature_applied",
    "document.round_ended",
    "document.adjusted",
    "document.archived",
    "document.withdrawn",
]


class Webhook(BaseModel):
    """Who is told what happens: `[[webhooks]]` in the file, one object of a JSON list in the environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$", description="What it is called here; unique.")
    url: str = Field(description="Where it is posted: `https://…`.")
    secret_file: Path = Field(description="A file with the secret, `whsec_…`; read at each delivery.")
    previous_secret_file: Path | None = Field(
        default=None, description="A file with the secret from before, while it is changed; signed with too."
    )
    roots: Path | None = Field(
        default=None,
        description="A PEM file with the roots that its certificate must lead to; those that browsers trust if unset.",
    )
    events: tuple[HookEvent, ...] = Field(default=(), description="The events that are told of; all if unset.")
    bodies: tuple[_Name, ...] = Field(default=(), description="The bodies whose documents are told of; all if unset.")

    @field_validator("secret_file", "previous_secret_file", "roots")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().resolve() if value else value

    @model_validator(mode="after")
    def _safe(self) -> Self:
        require_address(self.url, secret=True)
        return self


def require_address(url: str, *, secret: bool) -> None:
    """An address that may be logged, and that a secret may be sent to if there is one.

    Raises:
        ValueError: It is no address of HTTP, holds a secret itself, or would carry one unprotected over a network.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment:
        raise ValueError("write it as https://host/path")
    if parts.username is not None or parts.password is not None:
        raise ValueError("write user and password in settings of their own, not in the address")
    if secret and parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError("an account needs https")
