"""Making tokens for programs, and who comes with one."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Collection

from signflow.errors import RefusedError
from signflow.rounds.access import Person
from signflow.rounds.links import link_digest
from signflow.rounds.tokens import PREFIX, ApiToken, Scope, is_valid, person_of_token
from signflow.steps.ports import Ports
from signflow.store.tokens import Tokens

_TOKEN_BYTES = 32
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
_LONGEST_NAME = 60
_SEEN_EVERY = dt.timedelta(minutes=1)  # a token is not written at every request


def make_token(  # noqa: PLR0913 -- what a token is
    tokens: Tokens, *, name: str, scopes: Collection[Scope], bodies: Collection[str], days: int, now: dt.datetime
) -> str:
    """A new token. It is returned here and nowhere else: only its digest is kept.

    Args:
        tokens: Where it is kept.
        name: Of the program that gets it.
        scopes: What it is for.
        bodies: For whose documents; none for all.
        days: How long it holds.
        now: The time.

    Raises:
        RefusedError: That is no name (`token-name-invalid`), or there is, or was, a token that has it (`token-name-taken`).
    """
    name = name.strip()
    if not (name and name.isprintable() and len(name) <= _LONGEST_NAME):
        raise RefusedError("token-name-invalid", most=_LONGEST_NAME)
    shown = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    kept_bodies = tuple(dict.fromkeys(body.strip() for body in bodies if body.strip()))
    token = ApiToken(name, frozenset(scopes), kept_bodies, now, now + dt.timedelta(days=days))
    if not tokens.add(link_digest(shown), token):
        raise RefusedError("token-name-taken", name=name)
    return shown


def bearer(ports: Ports, token: str) -> Person | None:
    """Who comes with that token; None if it opens nothing. Found by its digest, so that timing tells nothing of others."""
    if not _TOKEN.fullmatch(token):
        return None
    found, now = ports.tokens.find(link_digest(token)), ports.clock()
    if found is None or not is_valid(found, now):
        return None
    if found.last_used_at is None or now - found.last_used_at >= _SEEN_EVERY:
        ports.tokens.see(found.name, now)
    return person_of_token(found)
