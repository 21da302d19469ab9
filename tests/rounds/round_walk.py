"""A document that is walked through its life by events, with made-up people and bytes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from signflow.blobs import JSON, MARKDOWN, PDF, BlobRef, digest_of
from signflow.minutes.model import Role
from signflow.rounds.decide import decide
from signflow.rounds.events import (
    Answered,
    CodeAsked,
    CodeTyped,
    DraftRegistered,
    Event,
    Filed,
    ReviewOpened,
    SignatureApplied,
    SignedIn,
    SignInBegun,
    Stamped,
)
from signflow.rounds.model import Appointment, Archived, Document, Identified, Policy, Round, Seat
from signflow.rounds.outcome import Decision, Entry, Outcome
from signflow.rounds.seats import field_names
from signflow.rounds.work import Work

START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
STAMPED = Stamped("Tidsgivaren", local=False)
SECRETARY = Appointment("Anna Söderström", Role.SECRETARY, "anna@hemlig.example")
CHAIR = Appointment("Karin Ek", Role.CHAIR, "karin@hemlig.example")
ADJUSTER = Appointment("Helene Olofsson", Role.ADJUSTER, "helene@hemlig.example")
SECOND_ADJUSTER = Appointment("Åke Öst", Role.ADJUSTER, "ake@hemlig.example")
PEOPLE = (SECRETARY, CHAIR, ADJUSTER, SECOND_ADJUSTER)


def blob(name: str, media_type: str = PDF) -> BlobRef:
    """A reference to bytes that are only a name."""
    return BlobRef(digest_of(name.encode()), len(name), media_type)


def registered(
    text: str = "text 1",
    *,
    clean: bool = True,
    appointments: tuple[Appointment, ...] = (SECRETARY, ADJUSTER),
    document_id: str = "doc",
) -> DraftRegistered:
    return DraftRegistered(
        document_id=document_id,
        source=blob(text, MARKDOWN),
        filename="utkast.md",
        by="inbox",
        clean=clean,
        appointments=appointments,
        language="sv",
        title="Minnesanteckningar",
        body="Ledningsgruppen",
        minutes_class="notes",
        meeting_on=dt.date(2026, 2, 27),
    )


@dataclass
class Walk:
    """Where the document is, and what has been decided on the way."""

    policy: Policy = field(default_factory=Policy)
    now: dt.datetime = START
    document: Document | None = None
    entries: list[Entry] = field(default_factory=list[Entry])
    works: list[Work] = field(default_factory=list[Work])
    challenges: int = 0

    @property
    def present(self) -> Document:
        assert self.document is not None
        return self.document

    @property
    def round(self) -> Round:
        assert self.present.round is not None
        return self.present.round

    def seat(self, name: str) -> Seat:
        seat = self.round.seat(name)
        assert seat is not None
        return seat

    def do(self, event: Event) -> Outcome:
        """Decide on the event, and make it true where it is not refused."""
        outcome = decide(self.document, event, self.now, self.policy)
        if isinstance(outcome, Decision):
            self.document = outcome.document
            self.entries += outcome.entries
            self.works += outcome.work
        return outcome

    def must(self, event: Event) -> Decision:
        outcome = self.do(event)
        assert isinstance(outcome, Decision), outcome
        return outcome

    def opened(self) -> ReviewOpened:
        """The fact that the copy of the present draft is rendered."""
        document = self.present
        number = document.next_round
        fields = field_names(document.draft.appointments)
        links = tuple(digest_of(f"token {document.id} {number} {name}".encode()) for name in fields)
        return ReviewOpened(number, document.draft.number, blob(f"copy {document.id} {number}"), links)

    def asked(self, name: str) -> CodeAsked:
        self.challenges += 1
        return CodeAsked(self.round.number, name, f"challenge{self.challenges:04}")

    def typed(
        self, name: str, *, matches: bool = True, shown: str | None = None, objection: str | None = None
    ) -> CodeTyped:
        challenge = self.seat(name).challenge
        return CodeTyped(
            self.round.number,
            name,
            challenge.id if challenge else "challenge0000",
            matches,
            self.round.current.digest if shown is None else shown,
            objection,
        )

    def begun(self, name: str) -> SignInBegun:
        self.challenges += 1
        return SignInBegun(self.round.number, name, f"challenge{self.challenges:04}")

    def signed_in(self, name: str) -> SignedIn:
        """The fact that the provider has identified whoever began a sign-in at that seat last."""
        challenge = self.seat(name).challenge
        reference = digest_of(f"assertion {challenge}".encode())
        who = Identified("https://idp.example", self.now, "urn:loa3", reference, "A. Person", blob("token", JSON))
        return SignedIn(self.round.number, name, challenge.id if challenge else "challenge0000", who)

    def answered(self, name: str, *, shown: str | None = None, objection: str | None = None) -> Answered:
        challenge = self.seat(name).challenge
        return Answered(
            self.round.number,
            name,
            challenge.id if challenge else "challenge0000",
            self.round.current.digest if shown is None else shown,
            objection,
        )

    def applied(self, name: str) -> SignatureApplied:
        current = self.round
        revision = blob(f"signed {name} {current.current.digest}")
        report = blob(f"report {name} {current.current.digest}", JSON)
        return SignatureApplied(current.number, name, current.current.digest, revision, report, self.now, STAMPED)

    def filed(self) -> Filed:
        return Filed(Archived(self.now, blob("sealed"), "v1", "0" * 128), STAMPED)

    def in_review(self, *appointments: Appointment) -> Walk:
        """Register a clean draft and open its first round."""
        self.must(registered(appointments=appointments or (SECRETARY, ADJUSTER)))
        self.must(self.opened())
        return self

    def approve(self, name: str) -> Decision:
        self.must(self.asked(name))
        return self.must(self.typed(name))

    def sign(self, name: str) -> Decision:
        self.approve(name)
        return self.must(self.applied(name))
