"""Signing in for a signature: begun by a signatory, gone on with in the same browser, completed by what the provider says.

begin ──► Ticket, which the browser keeps ──► go_on ──► Begun: it goes to the provider, and comes back to `complete`
                                                └──► Pending: it stays and asks again

Without the ticket nothing is begun at a provider, completed or answered: whoever has a link, a state or an answer of somebody
else's can do nothing with it. Whom the provider identified must be the person of that seat, by the address or the identifier
that the organisation recognises people by.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import structlog

from signflow.blobs import JSON
from signflow.crashpoints import CommitPoint, passing
from signflow.errors import NotFoundError, RefusedError
from signflow.identity.provider import Begun, Identity, IdentityProvider, Pending, SignIn
from signflow.rounds.events import SignedIn, SignInBegun, SignInRejected
from signflow.rounds.model import Document, Identified, Seat
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.steps.acts import LinkView, view_link
from signflow.steps.ports import Ports, record
from signflow.texts import Language, language_of

RETURN_PATH = "/sign-in/callback"
"""Where a provider sends browsers back to, under the public address: what is registered there."""

_OF_A_SIGN_IN = frozenset({"sign-in-begun", "signed-in", "sign-in-rejected"})
_URL, _LANGUAGE, _KEPT = "url", "language", "kept:"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the browser that begins a sign-in keeps, and no other has.

    Attributes:
        challenge_id: Which sign-in.
        secret: Shows that it is that browser.
    """

    challenge_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who signs in, as far as the door knows: the language they read and the IP address they come from."""

    language: Language
    address: str


def begin(ports: Ports, token: str) -> Ticket | Refusal:
    """Let the holder of a link sign in, for a while. The provider hears nothing of it yet.

    Raises:
        NotFoundError: No such link was ever made.
    """
    view = view_link(ports, token)
    if view.seat is None:
        return Refusal(view.problem)
    challenge_id = secrets.token_hex(16)
    outcome = record(ports, view.document.id, SignInBegun(view.round.number, view.seat.field, challenge_id))
    passing(CommitPoint.SIGN_IN_BEGUN)
    return outcome if isinstance(outcome, Refusal) else Ticket(challenge_id, ports.links.browser(challenge_id))


def go_on(ports: Ports, token: str, held: str, visitor: Visitor) -> Begun | Pending | Outcome:
    """Where the browser goes, or what it waits for, or what came of waiting.

    What is begun at the provider is intended first and kept: a browser that asks again is sent to the same place. A
    process that dies in between begins once more; the provider then has an order that nobody completes.

    Args:
        ports: What the step works with.
        token: The token in the link.
        held: What the browser holds for the sign-in of that seat; empty if nothing.
        visitor: Who asks.

    Raises:
        NotFoundError: No such link was ever made.
        UnavailableError: The provider does not answer now; ask again.
    """
    view = view_link(ports, token)
    act = _act(ports, view, held)
    if isinstance(act, Refusal):
        return act
    key = _effect(act)
    done = ports.effects.claim(key)
    if done is None:
        begun = act.provider.begin(_sign_in(ports, act, visitor))
        kept = {f"{_KEPT}{name}": value for name, value in begun.kept.items()}
        done = ports.effects.done(key, {_URL: begun.url, _LANGUAGE: visitor.language, **kept})
    url = str(done[_URL])
    return Begun(url) if url else _complete(ports, act, {}, visitor)


def complete(ports: Ports, token: str, held: str, answer: Mapping[str, str], visitor: Visitor) -> Pending | Outcome:
    """What came of it, by the answer that the browser brought from the provider. The same answer twice counts once.

    Args:
        ports: What the step works with.
        token: The token in the link.
        held: What the browser holds for the sign-in of that seat.
        answer: What the provider gave the browser. Untrusted.
        visitor: Who brings it.

    Raises:
        NotFoundError: No such link was ever made.
        UnavailableError: The provider does not answer now; the person is sent there once more.
    """
    act = _act(ports, view_link(ports, token), held)
    return act if isinstance(act, Refusal) else _complete(ports, act, answer, visitor)


def token_of(ports: Ports, ticket: Ticket) -> str:
    """The token in the link of whoever holds the ticket.

    Raises:
        NotFoundError: It is no ticket of ours, or the sign-in is over.
    """
    if not ports.links.is_browser(ticket.challenge_id, ticket.secret):
        raise NotFoundError("no-such-sign-in")
    document, number, name = ports.store.find_by_challenge(ticket.challenge_id)
    seat = document.round.seat(name) if document.round and document.round.number == number else None
    if document.round is None or seat is None:
        raise NotFoundError("no-such-sign-in")
    return ports.links.token(document.id, number, seat.holding, document.round.copy.digest)


def latest_rejection(ports: Ports, view: LinkView) -> str:
    """Why the latest sign-in of who sits there came to nothing, as a code under `errors`; empty if it did not."""
    if view.seat is None:
        return ""
    here = {"round": view.round.number, "field": view.seat.field}
    for entry in reversed(ports.store.history(view.document.id)):
        is_theirs = entry.actor == view.seat.person and here.items() <= entry.data.items()
        if entry.kind in _OF_A_SIGN_IN and is_theirs:
            return str(entry.data["reason"]) if entry.kind == "sign-in-rejected" else ""
    return ""


@dataclass(frozen=True, slots=True)
class _Act:
    """A sign-in that may go on: whose, and at whom."""

    document: Document
    round: int
    seat: Seat
    challenge_id: str
    provider: IdentityProvider


def _act(ports: Ports, view: LinkView, held: str) -> _Act | Refusal:
    """The sign-in of the seat, if this browser began it and nobody is identified yet."""
    if view.problem or view.seat is None:
        return Refusal(view.problem)
    challenge = view.seat.challenge
    if challenge is None or not ports.links.is_browser(challenge.id, held):
        return Refusal("not-signed-in")
    if challenge.identified:
        return Refusal(ALREADY_RECORDED)
    if ports.clock() >= challenge.expires_at:
        return Refusal("sign-in-expired")
    if ports.identity is None or challenge.method is not ports.policy.method:  # it was begun under other settings
        return Refusal("not-signed-in")
    return _Act(view.document, view.round.number, view.seat, challenge.id, ports.identity)


def _sign_in(ports: Ports, act: _Act, visitor: Visitor) -> SignIn:
    title, organisation = act.document.title, ports.organisation
    return SignIn(
        reference=act.challenge_id,
        state=ports.links.sign_in_state(act.challenge_id),
        secret=ports.links.sign_in_secret(act.challenge_id),
        return_url=f"{ports.public_url}{RETURN_PATH}",
        purpose=ports.texts[visitor.language]("identity.page.purpose", title=title, organisation=organisation),
        language=visitor.language,
        address=visitor.address,
    )


def _effect(act: _Act) -> str:
    return f"sign-in:{act.challenge_id}"


def _complete(ports: Ports, act: _Act, answer: Mapping[str, str], visitor: Visitor) -> Pending | Outcome:
    """Ask the provider who it was; what it vouches for is kept before the round hears of it."""
    begun = ports.effects.result(_effect(act))
    if begun is None:
        return Refusal("not-signed-in")
    kept = {name.removeprefix(_KEPT): value for name, value in begun.items() if name.startswith(_KEPT)}
    as_begun = replace(visitor, language=language_of(str(begun[_LANGUAGE])))
    place = (act.round, act.seat.field, act.challenge_id)
    try:
        found = act.provider.complete(_sign_in(ports, act, as_begun), kept, answer, ports.clock())
        if isinstance(found, Pending):
            return found
        _require_person(ports, act.seat, found)
    except RefusedError as error:
        _log.info("sign-in rejected", document=act.document.id, field=act.seat.field, reason=str(error))
        return record(ports, act.document.id, SignInRejected(*place, error.code))
    evidence = ports.blobs.put(found.evidence, JSON)
    who = Identified(found.provider, found.at, found.level, found.reference, found.name, evidence)
    outcome = record(ports, act.document.id, SignedIn(*place, who))
    passing(CommitPoint.SIGNED_IN)
    return outcome


def _require_person(ports: Ports, seat: Seat, found: Identity) -> None:
    """That it is the person of the seat.

    Raises:
        RefusedError: It is somebody else, or nothing says who it is.
    """
    if ports.recognised_by_mail:
        known, told = _folded_address(seat.address), _folded_address(found.mail)
    else:
        known = ports.people.identifier_digest_of(seat.address)
        told = ports.links.identifier_digest(found.identifier) if found.identifier else ""
    if not known or not told:
        raise RefusedError("sign-in-not-recognised")
    if not secrets.compare_digest(known.encode(), told.encode()) or _is_other_name(seat.person, found.name):
        raise RefusedError("sign-in-other-person")


def _folded_address(address: str) -> str:
    """An address as compared: neither case, nor the way its domain is written, nor the form of accents counts."""
    local, _, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    try:
        return f"{local.casefold()}@{domain.encode('idna').decode().lower()}" if local else ""
    except UnicodeError:
        return ""


def _is_other_name(person: str, told: str) -> bool:
    """Whether the name is plainly another's: neither the first nor the last name of the person is in it.

    Registers hold middle names, former names and other orders; so the address or the identifier decides, and the name only
    contradicts.
    """
    words, known = _name_words(told), [name for name in map(_name_words, person.split()) if name]
    return bool(words) and bool(known) and words.isdisjoint(known[0] | known[-1])


def _name_words(name: str) -> frozenset[str]:
    """Its words without accents, each part of a double name for itself."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return frozenset("".join(one if one.isalnum() else " " for one in plain.casefold()).split())
