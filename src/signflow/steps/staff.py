"""How staff sign in and out, and who is signed in.

Nothing told before a sign-in depends on whether anybody has an address: a challenge is kept and work asked for in either case,
and the letter is written, or not, when that work is done. What a person may do is read anew at every request, so that who is
taken out of the people register, or loses a role there, is out at once.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from signflow.errors import RefusedError
from signflow.identity.provider import Identity, IdentityProvider, SignIn
from signflow.minutes.recognition.people import same_name
from signflow.rounds.access import Person, read_grants
from signflow.rounds.admission import StaffChallenge, StaffSession, StaffSignIn, holds, is_open
from signflow.rounds.links import link_digest
from signflow.rounds.work import send_staff_code
from signflow.steps.ports import Ports

SIGN_IN = "/staff/sign-in"
"""Where staff begin."""

CALLBACK = f"{SIGN_IN}/callback"
"""Where the identity provider sends people back to; it is to be registered there."""

_log = structlog.get_logger()
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
_LONGEST_HELD = 200
_URL = "begun-at"  # among what is kept of a sign-in at a provider
_TOKEN_BYTES = 32
_SEEN_EVERY = dt.timedelta(minutes=1)  # a session is not written at every request


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge: what the browser that asked is to hold until it is answered, and no other has."""

    held: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is in now.

    Attributes:
        token: What their browser is to hold while the session lasts.
        device: What it is to hold afterwards, by which it is known next time.
        destination: The page that was wanted; a path of ours, or empty.
    """

    person: Person
    token: str = field(repr=False)
    device: str = field(repr=False)
    destination: str


def knows(ports: Ports, address: str, device: str) -> bool:
    """Whether the person of that address has signed in before with the browser that holds this."""
    return bool(ports.links.device_of(_folded(address), device[:_LONGEST_HELD]))


def way_past_strangers(ports: Ports, challenge: StaffChallenge) -> str:
    """A link for the letter: with the browser in which it is opened, codes for that address can be asked for though strangers did.

    It reaches the person alone, and opens nothing but a count of its own.
    """
    return f"{ports.public_url}{SIGN_IN}?browser={ports.links.device(challenge.address, challenge.id)}"


def ask_code(ports: Ports, address: str, device: str, destination: str) -> Asked:
    """Have a code sent to that address, if it is one of the staff.

    Args:
        ports: What steps work with.
        address: As it was typed.
        device: What the browser holds from an earlier sign-in, or from a letter; empty if nothing.
        destination: The page that was wanted.

    Raises:
        RefusedError: That is no address, or codes for it were asked for too often in the last hour.
    """
    folded = _folded(address)
    username, _, domain = folded.rpartition("@")
    if not (username and domain and folded.isprintable() and len(folded) <= _LONGEST_ADDRESS and " " not in folded):
        raise RefusedError("staff-address-invalid")
    known = ports.links.device_of(folded, device[:_LONGEST_HELD])
    challenge = _challenge(ports, folded, known, destination)
    if not ports.sessions.ask(challenge, send_staff_code(challenge.id), ports.staff.codes_per_hour):
        raise RefusedError("staff-codes-too-many")
    ports.wake()
    return Asked(_held(ports, challenge.id))


def type_code(ports: Ports, held: str, typed: str) -> SignedIn:
    """Sign in with the code that was sent.

    Args:
        ports: What steps work with.
        held: What the browser holds from `ask_code`.
        typed: The code.

    Raises:
        RefusedError: The code is wrong, or the browser holds no challenge that can be answered; a new one can be asked for.
    """
    challenge = open_challenge(ports, held)
    if ports.staff.sign_in is not StaffSignIn.MAIL_CODE:
        raise RefusedError("staff-code-used-up")
    right = ports.links.staff_code_matches(challenge.id, typed)
    after = ports.sessions.answer(challenge.id, right=right)
    if after is None:
        raise RefusedError("staff-code-used-up")
    registered = ports.sessions.person_at(challenge.address)
    if not right or registered is None or not read_grants(registered.roles):
        _log.warning("staff code rejected", tries_left=after.tries_left)
        if after.tries_left < 1:
            raise RefusedError("staff-code-used-up")
        raise RefusedError("staff-code-wrong", left=after.tries_left)
    return _begin(ports, registered.name, registered.address, challenge.destination)


def ask_provider(ports: Ports, destination: str) -> Asked:
    """Begin a sign-in at the identity provider; `provider_url` says where that is."""
    challenge = _challenge(ports, "", "", destination)
    ports.sessions.ask(challenge, None, None)
    return Asked(_held(ports, challenge.id))


def provider_url(ports: Ports, held: str) -> str:
    """Where the browser that holds the challenge goes to sign in; the same, however often it is asked for.

    Args:
        ports: What steps work with.
        held: What the browser holds from `ask_provider`.

    Raises:
        RefusedError: It holds no challenge that can be answered.
        UnavailableError: The provider does not answer now.
    """
    challenge = open_challenge(ports, held)
    kept = ports.sessions.begun(challenge.id)
    if kept is None:
        begun = _provider(ports).begin(_sign_in(ports, challenge.id))
        kept = {**begun.kept, _URL: begun.url}
        ports.sessions.note_begun(challenge.id, kept)
    return str(kept[_URL])


def complete(ports: Ports, held: str, answer: Mapping[str, str]) -> SignedIn:
    """Sign in with what the identity provider answered.

    Args:
        ports: What steps work with.
        held: What the browser holds from `ask_provider`.
        answer: The query that it came back with. Untrusted.

    Raises:
        RefusedError: Nobody was identified, somebody who is not of the staff, or the browser holds no open challenge.
        UnavailableError: The provider does not answer now; the same may be tried again.
    """
    challenge = open_challenge(ports, held)
    kept = ports.sessions.begun(challenge.id)
    if kept is None:
        raise RefusedError("staff-code-used-up")
    identity = _provider(ports).complete(_sign_in(ports, challenge.id), kept, answer, ports.clock())
    if not isinstance(identity, Identity) or ports.sessions.answer(challenge.id, right=True) is None:
        raise RefusedError("staff-code-used-up")
    return _admit(ports, identity, challenge.destination)


def person_of(ports: Ports, token: str) -> Person | None:
    """Who is signed in with that token, with what they may do now; None if nobody is."""
    if not token or len(token) > _LONGEST_HELD:
        return None
    digest = link_digest(token)
    found, now = ports.sessions.find(digest), ports.clock()
    if found is None or not holds(found.session, ports.staff, now):
        return None
    session, registered = found.session, found.person
    roles = session.roles
    if (roles is not None) is not ports.staff.by_claim:
        return None
    if roles is None:
        if registered is None or same_name(registered.name) != same_name(session.name):
            return None
        roles = registered.roles
    grants = read_grants(roles)
    if not grants:
        return None
    if now - session.seen_at >= _SEEN_EVERY:
        ports.sessions.see(digest, now)
    return Person(session.name, session.address, grants)


def was_signed_in(ports: Ports, token: str) -> str:
    """The address of whoever was signed in with that token and is not any more; empty if nobody is known to have been."""
    if not token or len(token) > _LONGEST_HELD:
        return ""
    found = ports.sessions.find(link_digest(token))
    return found.session.address if found else ""


def sign_out(ports: Ports, token: str) -> None:
    """End the session of that token, if there is one."""
    ports.sessions.end(link_digest(token))


def open_challenge(ports: Ports, held: str) -> StaffChallenge:
    """The challenge that a browser holds.

    Raises:
        RefusedError: It holds none, or one that cannot be answered any more.
    """
    challenge = _challenge_of(ports, held)
    if challenge is None or not is_open(challenge, ports.clock()):
        raise RefusedError("staff-code-used-up")
    return challenge


def destination_of(ports: Ports, held: str) -> str:
    """The page that was wanted when the challenge was asked for that a browser holds, open or not; empty if there is none."""
    challenge = _challenge_of(ports, held)
    return challenge.destination if challenge else ""


def _challenge_of(ports: Ports, held: str) -> StaffChallenge | None:
    challenge_id, _, proof = held[:_LONGEST_HELD].partition(".")
    return ports.sessions.challenge(challenge_id) if ports.links.is_browser(challenge_id, proof) else None


def _admit(ports: Ports, identity: Identity, destination: str) -> SignedIn:
    """Let in whom the provider identified, if they are of the staff: by the claim that the organisation has chosen."""
    if ports.staff.by_claim:
        if not (identity.mail and identity.name and read_grants(identity.roles)):
            raise _not_registered(identity)
        return _begin(ports, identity.name, identity.mail, destination, identity.roles)
    registered = None
    if ports.staff.by_mail and identity.mail:
        registered = ports.sessions.person_at(identity.mail)
    elif identity.identifier and not ports.staff.by_mail:
        registered = ports.sessions.person_known_by(ports.links.identifier_digest(identity.identifier))
    if registered is None or not read_grants(registered.roles):
        raise _not_registered(identity)
    return _begin(ports, registered.name, registered.address, destination)


def _not_registered(identity: Identity) -> RefusedError:
    _log.warning("staff sign-in rejected", provider=identity.provider)
    return RefusedError("staff-not-registered")


def _begin(ports: Ports, name: str, address: str, destination: str, roles: tuple[str, ...] | None = None) -> SignedIn:
    now, token = ports.clock(), secrets.token_urlsafe(_TOKEN_BYTES)
    session = StaffSession(name, address, ports.staff.sign_in, now, now, roles)
    ports.sessions.begin(link_digest(token), session, ports.staff)
    _log.info("staff signed in", address=address, method=str(session.method))
    device = ports.links.device(_folded(address), secrets.token_urlsafe(16))
    person = person_of(ports, token)
    if person is None:  # taken out of the register in this very moment
        raise RefusedError("staff-not-registered")
    return SignedIn(person, token, device, destination)


def _challenge(ports: Ports, address: str, device: str, destination: str) -> StaffChallenge:
    now, rules = ports.clock(), ports.staff
    expires_at = now + rules.code_lifetime
    return StaffChallenge(secrets.token_hex(16), address, device, destination, now, expires_at, rules.code_tries)


def _held(ports: Ports, challenge_id: str) -> str:
    return f"{challenge_id}.{ports.links.browser(challenge_id)}"


def _sign_in(ports: Ports, challenge_id: str) -> SignIn:
    return SignIn(
        reference=challenge_id,
        state=ports.links.sign_in_state(challenge_id),
        secret=ports.links.sign_in_secret(challenge_id),
        return_url=f"{ports.public_url}{CALLBACK}",
        purpose=ports.texts[ports.language]("staff.provider.purpose", organisation=ports.organisation),
        language=ports.language,
        address="",
    )


def _provider(ports: Ports) -> IdentityProvider:
    if ports.staff_identity is None or ports.staff.sign_in is not StaffSignIn.OIDC:
        raise RefusedError("staff-code-used-up")
    return ports.staff_identity


def _folded(address: str) -> str:
    return address.strip().lower()
