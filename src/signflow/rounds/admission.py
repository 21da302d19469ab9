"""How staff come in: what an organisation sets, and how long a code and a session hold.

Nobody is ever shut out by what others do: tries count against the one code that one browser asked for, and codes that are
asked for count against that browser if the person has signed in with it before, and against all other browsers together
otherwise.

Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies; OWASP Session Management Cheat Sheet, Session
Expiration; NIST SP 800-63B-4, 3.2.2 and 5.2.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum


class StaffSignIn(StrEnum):
    """How staff prove who they are."""

    LOCAL = "local"  # not at all: their pages answer at the machine itself and nowhere else
    MAIL_CODE = "mail-code"  # a code sent to the address that the people register has
    OIDC = "oidc"  # a sign-in at an OpenID provider


@dataclass(frozen=True, slots=True)
class StaffRules:
    """What an organisation may set, and what nobody need.

    Attributes:
        sign_in: How staff prove who they are.
        idle: How long a session lasts that is not used.
        longest: How long a session lasts at most.
        code_lifetime: How long a code holds, and a sign-in may take.
        code_tries: How often one code may be typed.
        codes_per_hour: How many codes for one address a known browser may ask for, and all others together.
        by_mail: Whether somebody whom a provider identified is recognised by their verified address, and not by the identifier
            that the people register has.
        by_claim: Whether the provider says what people are, and not the people register.
    """

    sign_in: StaffSignIn = StaffSignIn.LOCAL
    idle: dt.timedelta = dt.timedelta(hours=8)
    longest: dt.timedelta = dt.timedelta(hours=24)
    code_lifetime: dt.timedelta = dt.timedelta(minutes=10)
    code_tries: int = 5
    codes_per_hour: int = 5
    by_mail: bool = True
    by_claim: bool = False


@dataclass(frozen=True, slots=True)
class StaffChallenge:
    """A proof of identity that a browser asked for. What is secret in it is derived from `id` and a key.

    Attributes:
        address: Whose code it is, as it was typed, in small letters; nobody need have it. Empty for a sign-in at a provider.
        device: Names the browser, if that person has signed in with it before; empty if not.
        destination: The page that was wanted; a path of ours, or empty.
        tries_left: How often a code may be typed, a sign-in completed.
        sent_at: When its code was sent; None if it was not.
    """

    id: str
    address: str
    device: str
    destination: str
    asked_at: dt.datetime
    expires_at: dt.datetime
    tries_left: int
    sent_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Somebody who has signed in, in one browser.

    Attributes:
        address: Their e-mail address, as the people register has it.
        method: How they proved who they are.
        roles: What the identity provider says they are; None where the people register says it.
    """

    name: str
    address: str
    method: StaffSignIn
    begun_at: dt.datetime
    seen_at: dt.datetime
    roles: tuple[str, ...] | None = None


def is_open(challenge: StaffChallenge, now: dt.datetime) -> bool:
    """Whether it can be answered yet."""
    return challenge.tries_left > 0 and now < challenge.expires_at


def answered(challenge: StaffChallenge, *, right: bool) -> StaffChallenge:
    """The challenge after an answer: a right one uses it up, a wrong one costs a try."""
    return replace(challenge, tries_left=0 if right else challenge.tries_left - 1)


def holds(session: StaffSession, rules: StaffRules, now: dt.datetime) -> bool:
    """Whether the session still counts; none does after the organisation has chosen another way to sign in."""
    fresh = now - session.seen_at < rules.idle and now - session.begun_at < rules.longest
    return fresh and session.method is rules.sign_in
