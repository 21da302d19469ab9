"""Tokens: programs of the organisation as somebody with a few acts, so that the one table of access is asked of them too.

A token's scopes are acts. What it may do with which document is asked of `access.may`, as of a secretary whose session is
confined to those acts, in all bodies or in those that the token names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from signflow.rounds.access import Act, Grant, Office, Person

PREFIX = "sf_"
"""What every token begins with, so that those who look for secrets in what was published recognise it."""

_ACTOR = "API: "  # nobody's name begins so: a token cannot pass for a person in the history


class Scope(StrEnum):
    """What a token is for."""

    READ_DOCUMENTS = "documents:read"
    WRITE_DRAFTS = "drafts:write"
    WRITE_ROUNDS = "rounds:write"
    READ_ARCHIVE = "archive:read"
    SEND_EXTRACTS = "extracts:write"


ACTS: Mapping[Scope, frozenset[Act]] = {
    Scope.READ_DOCUMENTS: frozenset({Act.SEE_DESK, Act.SEE}),
    Scope.WRITE_DRAFTS: frozenset({Act.HAND_IN}),
    Scope.WRITE_ROUNDS: frozenset({Act.CHANGE}),
    Scope.READ_ARCHIVE: frozenset({Act.SEARCH, Act.SEE_ARCHIVED}),
    Scope.SEND_EXTRACTS: frozenset({Act.SEND_EXTRACTS}),
}
"""Each act is of one scope at the most."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token, as it is remembered: not what it is, only whose and what for.

    Attributes:
        name: Of the program that has it; used once, since the history names it.
        scopes: What it is for.
        bodies: For whose documents, as minutes write them; empty for all.
        last_used_at: To the minute or so; None before it was used.
        revoked_at: Since when it is void; None while it is not.
    """

    name: str
    scopes: frozenset[Scope]
    bodies: tuple[str, ...]
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None


def is_valid(token: ApiToken, now: dt.datetime) -> bool:
    """Whether it opens anything."""
    return token.revoked_at is None and now < token.expires_at


def person_of_token(token: ApiToken) -> Person:
    """Who comes with that token."""
    grants = frozenset(Grant(Office.SECRETARY, body) for body in token.bodies or ("",))
    acts = frozenset(act for scope in token.scopes for act in ACTS[scope])
    return Person(f"{_ACTOR}{token.name}", "", grants, acts)


def scope_of(act: Act) -> Scope:
    """The scope that an act needs; a KeyError for one that no token may do."""
    return _SCOPES[act]


_SCOPES = {act: scope for scope, acts in ACTS.items() for act in acts}
