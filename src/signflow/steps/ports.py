"""What the steps work with, and the beat they all end on: decide, commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from signflow.archive.archive import Archive
from signflow.blobs import Blobs
from signflow.errors import StaleError
from signflow.identity.provider import IdentityProvider
from signflow.mail.message import Sender
from signflow.rendering.house.style import HouseStyle
from signflow.rounds.admission import StaffRules
from signflow.rounds.decide import decide
from signflow.rounds.events import Event
from signflow.rounds.links import LinkKey
from signflow.rounds.model import Document, Policy
from signflow.rounds.outcome import Decision, Outcome, Refusal
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.evidence.planner import RenewalRules
from signflow.signing.evidence.post_quantum import PostQuantumKey
from signflow.signing.pades.sign import SealingAuthority
from signflow.signing.timestamps.tsa import Tsa
from signflow.signing.trust import Trust
from signflow.signing.trusted_lists.update import TrustedLists
from signflow.steps.judge import Verdict
from signflow.store.anchors import Anchors
from signflow.store.deliveries import Deliveries
from signflow.store.drawings import Drawings
from signflow.store.effects import Effects
from signflow.store.people import People
from signflow.store.sessions import Sessions
from signflow.store.store import FindingRecord, Store
from signflow.store.tokens import Tokens
from signflow.store.unsent import Unsent
from signflow.texts import Language, Texts
from signflow.webhooks import Receiver

_CONTENTION = 20  # two people act on one document at once; twenty do not


class Judge(Protocol):
    """A program by others that judges a PDF too."""

    def judge(self, pdf: bytes) -> Verdict:
        """Its verdict.

        Raises:
            UnavailableError: It does not answer now.
        """
        ...


class Delivery(Protocol):
    """Takes a mail to where it goes."""

    def deliver(self, message: EmailMessage) -> None:
        """Hand the mail over.

        Raises:
            UnavailableError: It could not be handed over now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside a step, built once by `wiring`.

    Attributes:
        identity: Who identifies signatories; None where they get codes by mail.
        recognised_by_mail: Whether somebody who signs in is recognised by the address that the link went to, and not by
            the identifier that the people register has.
        webhooks: By the names that the settings give them.
    """

    organisation: str
    public_url: str
    language: Language
    templates: Path
    policy: Policy
    clock: Callable[[], dt.datetime]
    texts: Mapping[Language, Texts]
    style: HouseStyle
    store: Store
    effects: Effects
    anchors: Anchors
    people: People
    blobs: Blobs
    drawings: Drawings
    unsent: Unsent
    links: LinkKey
    identity: IdentityProvider | None
    staff: StaffRules
    staff_identity: IdentityProvider | None
    sessions: Sessions
    tokens: Tokens
    recognised_by_mail: bool
    authority: LocalAuthority
    seals: SealingAuthority
    post_quantum: PostQuantumKey | None
    tsa: Tsa
    judge: Judge | None
    outside: Trust
    lists: TrustedLists | None
    archive: Archive
    renewal: RenewalRules
    sender: Sender
    delivery: Delivery
    deliveries: Deliveries
    webhooks: Mapping[str, Receiver]
    wake: Callable[[], None]

    def trust(self) -> Trust:
        """Whom this organisation trusts now: its own authority, and those outside that work for it."""
        return self.authority.trust(self.clock()).joined(self.outside)

    def trust_for_strangers(self) -> Trust:
        """Whom a check of anybody's file believes: besides, whom the trusted lists of the EU name that are here now.

        Raises:
            IntegrityError: The lists that were kept are damaged.
            UnavailableError: They cannot be read now.
        """
        listed = self.lists.services() if self.lists else ()
        return self.trust().joined(Trust(roots=(), tsa_roots=(), listed=listed))


def record(
    ports: Ports,
    document_id: str,
    event: Event | Callable[[Document], Event | Refusal],
    findings: list[FindingRecord] | None = None,
) -> Outcome:
    """Decide on an event and commit what follows; the refusal if nothing does.

    Somebody else's commit in between is met by deciding again on what is true then.

    Args:
        ports: What the step works with.
        document_id: Names the document.
        event: The fact; or what it is of the document as it is at the time, or why there is none.
        findings: Of the draft, where the event registers one.

    Raises:
        NotFoundError: There is no such document.
        StaleError: The document kept changing.
    """
    for _ in range(_CONTENTION):
        document = ports.store.load(document_id)
        fact = event(document) if callable(event) else event
        outcome = fact if isinstance(fact, Refusal) else decide(document, fact, ports.clock(), ports.policy)
        if isinstance(outcome, Refusal):
            return outcome
        try:
            return commit(ports, outcome, findings)
        except StaleError:
            continue
    raise StaleError("document-changed", document=document_id)


def commit(ports: Ports, decision: Decision, findings: list[FindingRecord] | None = None) -> Decision:
    """Commit a decision and wake whoever dispatches its work.

    Raises:
        StaleError: The document was changed since it was decided on.
    """
    ports.store.commit(decision, findings)
    if decision.work:
        ports.wake()
    return decision
