"""What is known of a document on its way: its drafts, its round of signing, and the seats of those who sign.

draft ──► review ──► adjusted ──► archived            beside the way: withdrawn
  ▲          │
  └──────────┘  an objection or a new text ends the round; what was signed in it is void and stays on record
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from signflow.blobs import BlobRef
from signflow.minutes.model import Role
from signflow.minutes.recognition.people import same_name
from signflow.rounds.bodies import Bodies
from signflow.rounds.parts import Part, PartOf
from signflow.rounds.readers import Comment, Reader
from signflow.rounds.sendings import Sending
from signflow.texts import Language


class State(StrEnum):
    """Where a document is."""

    DRAFT = "draft"
    REVIEW = "review"
    ADJUSTED = "adjusted"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """How far one signatory has come in a round."""

    WAITING = "waiting"  # others sign first
    INVITED = "invited"  # it is their turn
    APPROVED = "approved"  # they have said yes; the signature is being made
    SIGNED = "signed"  # the signature is made and validated


class Method(StrEnum):
    """How a signatory proves who they are."""

    MAIL_CODE = "mail-code"  # a code sent to the address that the link went to
    OIDC = "oidc"  # a sign-in at an OpenID provider
    BANKID = "bankid"  # a sign-in with BankID


class RoundEnd(StrEnum):
    """Why a round ended without a document."""

    OBJECTION = "objection"
    NEW_TEXT = "new-text"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """How adjusted minutes are announced.

    Attributes:
        board: Whether signflow's own page is the notice board.
        kept_at: Where the minutes can be read, in the organisation's words; empty for the organisation's name alone.
        zone: In which the organisation's days begin.
    """

    board: bool = False
    kept_at: str = ""
    zone: dt.tzinfo = dt.UTC

    def day(self, moment: dt.datetime) -> dt.date:
        """The organisation's day on which an instant falls."""
        return moment.astimezone(self.zone).date()

    def begin(self, day: dt.date) -> dt.datetime:
        """The instant at which that day begins."""
        return dt.datetime.combine(day, dt.time(), self.zone).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules an organisation may set."""

    open_review_when_clean: bool = True
    link_lifetime: dt.timedelta = dt.timedelta(days=30)
    code_lifetime: dt.timedelta = dt.timedelta(minutes=10)
    code_tries: int = 5
    codes_per_hour: int = 5
    method: Method = Method.MAIL_CODE
    bodies: Bodies = field(default_factory=Bodies)
    remind_after: dt.timedelta = dt.timedelta(days=3)
    notices: NoticeRules = field(default_factory=NoticeRules)

    def day(self, moment: dt.datetime) -> dt.date:
        """The organisation's day on which an instant falls."""
        return self.notices.day(moment)


@dataclass(frozen=True, slots=True)
class Appointment:
    """A person whom the minutes appoint to sign, and the address the people register has; empty if it has none."""

    person: str
    role: Role
    address: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of the text.

    Attributes:
        number: 1 for the first.
        source: The bytes as they were dropped.
        filename: The name they came under.
        clean: No finding is an error: it may go to review.
        appointments: Who is to sign, in the order of the minutes.
    """

    number: int
    source: BlobRef
    filename: str
    clean: bool
    appointments: tuple[Appointment, ...]


@dataclass(frozen=True, slots=True)
class Identified:
    """A signatory whom an identity provider has identified.

    Attributes:
        provider: The provider, as a URI.
        at: When they were authenticated, as the provider says.
        level: Level of assurance, a URI; empty if the provider names none.
        reference: SHA-256 of the provider's assertion.
        name: Their name as the provider knows it; empty if it says none.
        evidence: What the provider asserted, kept.
    """

    provider: str
    at: dt.datetime
    level: str
    reference: str
    name: str
    evidence: BlobRef


@dataclass(frozen=True, slots=True)
class Challenge:
    """A proof of identity that was asked for: a code or a sign-in. What is secret in it is derived from `id` and a key.

    Attributes:
        expires_at: Until when the code can be typed, the sign-in completed, and what follows from it answered.
        tries_left: How often a code may be typed yet.
        identified: Who signed in; None before, and for a code.
    """

    id: str
    expires_at: dt.datetime
    tries_left: int
    method: Method = Method.MAIL_CODE
    identified: Identified | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A signatory's will, recorded before anything is signed.

    Attributes:
        at: When they said yes.
        method: How they were authenticated.
        shown_digest: The revision that lay before them.
        reference: Names the challenge that was answered.
        identified: Who the provider said they were; None where a code was typed.
        dissent: What they want on record though they sign; empty if nothing.
    """

    at: dt.datetime
    method: Method
    shown_digest: str
    reference: str
    identified: Identified | None = None
    dissent: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that was applied and validated.

    Attributes:
        revision: The PDF with it.
        report: Its validation report.
        signed_at: The time in its timestamp.
    """

    revision: BlobRef
    report: BlobRef
    signed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Replaced:
    """Who sat in a seat before somebody stood in for them.

    Attributes:
        link_digest: SHA-256 of the token in their link, which leads nowhere now.
        reason: Why, in the secretary's words.
        invited: Whether it had been their turn, so that they had been sent that link.
    """

    person: str
    address: str
    link_digest: str
    reason: str
    invited: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """One signatory in one round.

    Attributes:
        field: The signature field laid out for them; unique in the round.
        turn: Those with a lower turn sign first; equal turns in any order.
        link_digest: SHA-256 of the token in their link; the token is stored nowhere.
        invitation: How often they were invited.
        invited_at: When they were first; None before.
        reminders: How often they were reminded.
        asked_at: When they were last invited or reminded; None before.
        holder: 1 for whom the minutes appoint, one more for each who stands in.
        replaced: Who sat there before, the first first.
        away_until: The first day on which they are there again; None if they have not said that they are away.
        codes_since: Start of the hour in which `codes_asked` counts, codes and sign-ins alike.
    """

    field: str
    turn: int
    person: str
    role: Role
    address: str
    standing: Standing
    link_digest: str
    link_expires_at: dt.datetime | None = None
    invitation: int = 0
    invited_at: dt.datetime | None = None
    reminders: int = 0
    asked_at: dt.datetime | None = None
    holder: int = 1
    replaced: tuple[Replaced, ...] = ()
    away_until: dt.date | None = None
    challenge: Challenge | None = None
    codes_since: dt.datetime | None = None
    codes_asked: int = 0
    approval: Approval | None = None
    signature: Signature | None = None

    @property
    def holding(self) -> str:
        """Names the seat and who holds it now: the field, and a number from the second on."""
        return self.field if self.holder == 1 else f"{self.field}~{self.holder}"

    @property
    def stands_in_for(self) -> str:
        """Whom the minutes appoint, if somebody else sits here now; empty if it is themselves."""
        appointed = self.replaced[0].person if self.replaced else self.person
        return "" if same_name(appointed) == same_name(self.person) else appointed


@dataclass(frozen=True, slots=True)
class ItemObjection:
    """What a signatory will not certify in one item.

    Attributes:
        item: The item, as the minutes number it.
        reason: Why.
        proposal: The wording they propose; empty if they propose none.
    """

    item: str
    reason: str
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a signatory would not sign: of the whole, item by item, or both."""

    person: str
    reason: str
    items: tuple[ItemObjection, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """One attempt to have a text signed.

    Attributes:
        copy: The signing copy as rendered: the first revision, which every signature covers.
        current: The latest revision: `copy`, or that of the latest signature.
        ended: Why it came to nothing; None while it is open or has succeeded.
        ended_by: Who did what ended it; empty while it is open or has succeeded.
    """

    number: int
    draft_number: int
    opened_at: dt.datetime
    copy: BlobRef
    current: BlobRef
    seats: tuple[Seat, ...]
    ended: RoundEnd | None = None
    ended_at: dt.datetime | None = None
    ended_by: str = ""
    objection: Objection | None = None

    def seat(self, field: str) -> Seat | None:
        """Who sits at that field."""
        return next((seat for seat in self.seats if seat.field == field), None)

    @property
    def revisions(self) -> frozenset[str]:
        """The digests of all revisions of this round."""
        signed = {seat.signature.revision.digest for seat in self.seats if seat.signature}
        return frozenset({self.copy.digest, *signed})


@dataclass(frozen=True, slots=True)
class Archived:
    """Where the archive keeps it, and what it read back.

    Attributes:
        at: When it was read back.
        pdf: The sealed PDF.
        package: The package's version in the storage root.
        inventory_digest: SHA-512 of the inventory that was read back.
    """

    at: dt.datetime
    pdf: BlobRef
    package: str
    inventory_digest: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice of the adjustment, and when all is filled in, the proof of it.

    Attributes:
        posted_on: When it was put up; None while it is still to be.
        place: On which board; empty for signflow's own.
        posted_by: Who put it up, or told that it is; empty while it is still to be.
        taken_down_on: When it was taken down; None before.
        taken_down_by: Who did, or told so; empty before.
    """

    posted_on: dt.date | None = None
    place: str = ""
    posted_by: str = ""
    taken_down_on: dt.date | None = None
    taken_down_by: str = ""

    @property
    def ours(self) -> bool:
        """Whether it is on signflow's own board."""
        return self.posted_on is not None and not self.place

    @property
    def is_up(self) -> bool:
        """Whether it is on a board now."""
        return self.posted_on is not None and self.taken_down_on is None


@dataclass(frozen=True, slots=True)
class Document:
    """The whole of what a decision needs to know.

    Attributes:
        change: How many changes have been committed; a commit names the one it builds on.
        round: The latest round, open or ended; None before the first.
        notice: Of the adjustment; None where none is needed, or the document was adjusted before signflow kept notices.
        readers: Who was ever asked to read it, in that order.
        comments: All that was remarked on it, the first first.
        sendings: Extracts that were sent of it, the first first.
        parts: Its items that are adjusted at once, the first first, those included that were withdrawn.
        part_of: Whose items it adjusts at once; None for every other.
    """

    id: str
    change: int
    state: State
    language: Language
    title: str
    body: str
    minutes_class: str
    meeting_on: dt.date | None
    draft: Draft
    round: Round | None = None
    adjusted_at: dt.datetime | None = None
    archived: Archived | None = None
    notice: Notice | None = None
    readers: tuple[Reader, ...] = ()
    comments: tuple[Comment, ...] = ()
    sendings: tuple[Sending, ...] = ()
    parts: tuple[Part, ...] = ()
    part_of: PartOf | None = None

    @property
    def open_round(self) -> Round | None:
        """The round in which people sign now."""
        return self.round if self.round and self.state is State.REVIEW else None

    @property
    def next_round(self) -> int:
        """The number that a new round will have."""
        return self.round.number + 1 if self.round else 1
