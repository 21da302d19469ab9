"""What can happen to a document: facts, named in the past tense, from a person, a step or the clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from signflow.blobs import BlobRef
from signflow.rounds.model import Appointment, Archived, Identified, ItemObjection
from signflow.rounds.parts import PartOf
from signflow.rounds.readers import CommentStanding, ItemFollowed
from signflow.rounds.sendings import Delivery, Recipient, SentItem
from signflow.texts import Language


@dataclass(frozen=True, slots=True)
class DraftRegistered:
    """A draft was read and checked: a first one, a new text, or the same text checked again.

    Attributes:
        items: What became of the items that the version before had, where there are comments on them.
        part_of: Whose items a new document adjusts at once; None for every other.
    """

    document_id: str
    source: BlobRef
    filename: str
    by: str
    clean: bool
    appointments: tuple[Appointment, ...]
    language: Language
    title: str
    body: str
    minutes_class: str
    meeting_on: dt.date | None
    items: tuple[ItemFollowed, ...] = ()
    part_of: PartOf | None = None


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """The secretary wants the draft signed."""

    by: str


@dataclass(frozen=True, slots=True)
class ReviewOpened:
    """The signing copy of a draft is rendered and a link is made for each seat, in the order of the appointments."""

    round: int
    draft_number: int
    copy: BlobRef
    link_digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InvitationRenewed:
    """A signatory is to get the link once more."""

    field: str
    by: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """A signatory has waited long, or is to be reminded for another cause; `number` counts the reminders of their seat."""

    round: int
    field: str
    number: int
    by: str


@dataclass(frozen=True, slots=True)
class Substituted:
    """Another person is to sign in the place of one who cannot.

    Attributes:
        address: Theirs, as the people register has it; empty if it has none.
        link_digest: Of the token in their link.
        mandate: What gives them the right: `minutes` if those list them as present, `body` if the body's list names them;
            empty if nothing does.
        reason: Why, in the secretary's words.
    """

    round: int
    field: str
    person: str
    address: str
    link_digest: str
    mandate: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class AbsenceTold:
    """A signatory is away; `until` is the first day on which they are there again, None if they are not away after all."""

    round: int
    field: str
    until: dt.date | None
    by: str


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A signatory wants a code."""

    round: int
    field: str
    challenge_id: str


@dataclass(frozen=True, slots=True)
class CodeTyped:
    """A signatory typed a code, meaning to sign what was shown, or not to.

    Attributes:
        matches: Whether it is the code of that challenge.
        shown_digest: The revision that lay before them.
        objection: Why they will not sign; None if they will. May be empty where `items` say why.
        items: What they object to, item by item.
        dissent: What they want on record though they sign.
    """

    round: int
    field: str
    challenge_id: str
    matches: bool
    shown_digest: str
    objection: str | None = None
    items: tuple[ItemObjection, ...] = ()
    dissent: str = ""


@dataclass(frozen=True, slots=True)
class SignInBegun:
    """A signatory goes to sign in."""

    round: int
    field: str
    challenge_id: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An identity provider has identified the signatory, and it is the person of that seat."""

    round: int
    field: str
    challenge_id: str
    identified: Identified


@dataclass(frozen=True, slots=True)
class SignInRejected:
    """A sign-in came to nothing, or to somebody else; `reason` is a code under `errors`."""

    round: int
    field: str
    challenge_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A signatory who has signed in will sign what was shown, or will not; the fields are those of `CodeTyped`."""

    round: int
    field: str
    challenge_id: str
    shown_digest: str
    objection: str | None = None
    items: tuple[ItemObjection, ...] = ()
    dissent: str = ""


@dataclass(frozen=True, slots=True)
class Stamped:
    """Who says when it was.

    Attributes:
        by: The time-stamping authority, as its certificate names it.
        local: Whether it is the installation's own: nobody outside vouches for the time.
    """

    by: str
    local: bool


@dataclass(frozen=True, slots=True)
class SignatureApplied:
    """A signature was made on a revision, and the gate has validated the result."""

    round: int
    field: str
    before_digest: str
    revision: BlobRef
    report: BlobRef
    signed_at: dt.datetime
    stamped: Stamped


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The secretary takes the document back."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Filed:
    """The archive has stored the sealed and stamped document, read it back and verified it."""

    archived: Archived
    stamped: Stamped


@dataclass(frozen=True, slots=True)
class NoticePosted:
    """The notice of the adjustment is up since that day; `place` names the board, and is empty for signflow's own."""

    on: dt.date
    place: str
    by: str


@dataclass(frozen=True, slots=True)
class NoticeTakenDown:
    """The notice of the adjustment was taken down on that day."""

    on: dt.date
    by: str


@dataclass(frozen=True, slots=True)
class NewReader:
    """Whom to ask to read, and SHA-256 of the token in their link."""

    person: str
    address: str
    link_digest: str


@dataclass(frozen=True, slots=True)
class ReadersInvited:
    """Readers are asked to comment, up to and with a last day if there is one; `first` is the number of the first of them."""

    first: int
    readers: tuple[NewReader, ...]
    until: dt.date | None
    by: str


@dataclass(frozen=True, slots=True)
class ReaderDismissed:
    """An invitation to read is taken back."""

    reader: int
    by: str


@dataclass(frozen=True, slots=True)
class ReadersTold:
    """Readers who have not been told of that version of the text are written to."""

    draft_number: int


@dataclass(frozen=True, slots=True)
class Commented:
    """A reader or a signatory remarks on an item of the version that lies before them; on the whole, if `item` is empty."""

    author: str
    item: str
    draft_number: int
    text: str


@dataclass(frozen=True, slots=True)
class CommentCorrected:
    """Somebody has other words for their own comment, or takes it back: None."""

    author: str
    comment: int
    text: str | None


@dataclass(frozen=True, slots=True)
class CommentAnswered:
    """The secretary has settled a comment: resolved or changed."""

    comment: int
    standing: CommentStanding
    answer: str
    by: str


@dataclass(frozen=True, slots=True)
class ExtractsSent:
    """The secretary sends extracts to those concerned; the numbers of the recipients are not theirs yet.

    Attributes:
        key: The request's own: the same request is the same sending.
        items: Each once.
        again: Whether what somebody has got already is sent to them once more, on purpose.
        reply_to: Where answers go; empty for where the organisation's letters have theirs.
    """

    key: str
    items: tuple[SentItem, ...]
    recipients: tuple[Recipient, ...]
    again: bool
    by: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class ExtractDelivered:
    """A letter with extracts has gone, or was given up; `answer` is what the mail server said then."""

    sending: int
    recipient: int
    became: Delivery
    answer: str = ""


@dataclass(frozen=True, slots=True)
class PartCut:
    """Items of the draft are to be adjusted at once, in a document of their own.

    Attributes:
        part: That document.
        items: Their numbers, ascending.
        draft_number: Which version of the text they were cut out of.
        source: What was cut.
        filename: The name of its draft.
    """

    part: str
    items: tuple[int, ...]
    draft_number: int
    source: BlobRef
    filename: str
    by: str


Event = (
    DraftRegistered
    | ReviewAsked
    | ReviewOpened
    | InvitationRenewed
    | Reminded
    | Substituted
    | AbsenceTold
    | CodeAsked
    | CodeTyped
    | SignInBegun
    | SignedIn
    | SignInRejected
    | Answered
    | SignatureApplied
    | Withdrawn
    | Filed
    | NoticePosted
    | NoticeTakenDown
    | ReadersInvited
    | ReaderDismissed
    | ReadersTold
    | Commented
    | CommentCorrected
    | CommentAnswered
    | ExtractsSent
    | ExtractDelivered
    | PartCut
)
