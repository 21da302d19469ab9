"""Documents as programs see them: the board's list, and one document with all that is known of it."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import re
from typing import Literal

from pydantic import Field
from starlette.responses import Response

from signflow.blobs import DOCX, MARKDOWN, PDF
from signflow.errors import NotFoundError
from signflow.rounds.access import Act, may, reach
from signflow.rounds.deadlines import Act as DeadlineAct
from signflow.rounds.deadlines import overdue
from signflow.rounds.model import Document, Round, State
from signflow.steps.check_draft import place_unit
from signflow.steps.ports import Ports
from signflow.store.listing import UNFINISHED, Mark, Queue, Wanted
from signflow.store.store import VersionRecord
from signflow.texts import Texts
from signflow.web.api.models import (
    DocumentSummary,
    DocumentTold,
    FindingTold,
    HappenedTold,
    ObjectionItemTold,
    ObjectionTold,
    RoundTold,
    SeatTold,
    Text,
    VersionTold,
)
from signflow.web.api.operation import Call, File, Given, Operation, Told
from signflow.web.api.problems import Fault, Problem
from signflow.web.doors import document_of, visitor
from signflow.web.downloads import download
from signflow.web.findings import finding_views
from signflow.web.pages import Pages
from signflow.web.words import history_sentence, waiting_sentence

_NAME = re.compile(r"[0-9A-Za-z_.~-]{1,32}")


class ListParameters(Given):
    """Which documents, and how many at a time."""

    q: Text = Field(
        default="",
        max_length=200,
        description="Words that stand in title, body, names, file name or identifier.",
        examples=["avfall"],
    )
    state: State | Literal["all"] | None = Field(
        default=None,
        description="Those in one state, or `all`; all that are on their way if left out.",
        examples=["review"],
    )
    body: Text = Field(
        default="", max_length=200, description="Those of the body of exactly this name.", examples=["Miljönämnden"]
    )
    only: Literal["late", "ours"] | None = Field(
        default=None,
        description="`late`: those whose adjustment is overdue. `ours`: those that wait for the secretary.",
    )
    limit: int = Field(default=30, ge=1, le=100, description="How many at a time.")
    cursor: Text = Field(
        default="",
        max_length=300,
        description="The value of `next` in the answer before; the other parameters as they were.",
    )

    def wanted(self) -> Wanted:
        """What is asked of the store, but for who asks."""
        states = tuple(State) if self.state == "all" else (self.state,) if self.state else UNFINISHED
        return Wanted(self.q, states, self.body.strip(), self.only == "late", self.only == "ours")

    @property
    def mark(self) -> str:
        """Tells this search from others."""
        return hashlib.sha256(self.model_dump_json(exclude={"cursor", "limit"}).encode()).hexdigest()[:16]


class DocumentList(Told):
    """A page of documents, in the order of the board."""

    documents: tuple[DocumentSummary, ...]
    total: int = Field(description="How many there are on all pages together.")
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class Documents:
    """`/documents`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def operations(self) -> list[Operation]:
        """What can be asked."""
        one = "/documents/{document}"
        return [
            Operation(
                "listDocuments",
                "GET",
                "/documents",
                Act.SEE_DESK,
                "List documents",
                "The documents that the token reaches, as the board lists them: what is late first, then what waits for the "
                "secretary. Documents that come or go while the pages are read move no other; one that itself moves on may come "
                "twice, or not.",
                self.list,
                DocumentList,
                parameters=ListParameters,
            ),
            Operation(
                "getDocument",
                "GET",
                one,
                Act.SEE,
                "Read a document",
                "State, versions, findings of the present text with their places, the latest round, and all that happened. "
                "Addresses and links of signatories are never told.",
                self.read,
                DocumentTold,
            ),
            Operation(
                "getRevision",
                "GET",
                f"{one}/revision.pdf",
                Act.SEE,
                "Fetch the PDF with the signatures there are",
                "The latest revision of the latest round; 404 before the first.",
                self.revision,
                File((PDF,), "The PDF."),
            ),
            Operation(
                "getSource",
                "GET",
                f"{one}/source",
                Act.SEE,
                "Fetch the draft",
                "The present draft, as it was handed in.",
                self.source,
                File((MARKDOWN, DOCX), "The draft."),
            ),
        ]

    def list(self, call: Call) -> DocumentList:
        """A page of documents."""
        asked, person, store = call.given(ListParameters), visitor(call.request), self._ports.store
        t = self._pages.texts_for(call.request)
        wanted = asked.wanted()
        wanted = Wanted(wanted.text, wanted.states, wanted.body, wanted.late, wanted.ours, reach(person, Act.SEE))
        late = overdue(DeadlineAct.ADJUSTMENT, t.day(self._ports.clock()))
        listing = store.listing(wanted, late, _place(asked) or 0, asked.limit)
        return DocumentList(
            documents=tuple(
                self._summary(line.document, line.queue, line.updated_at)
                for line in listing.lines
                if may(person, Act.SEE, line.document)
            ),
            total=listing.total,
            next=_cursor(asked, listing.end) if listing.end else None,
        )

    def read(self, call: Call) -> DocumentTold:
        """All that is known of a document."""
        document, store = document_of(call.request), self._ports.store
        t = self._pages.texts_for(call.request)
        versions = store.versions(document.id)
        works = store.open_work(document.id)
        return DocumentTold(
            id=document.id,
            state=document.state,
            title=document.title,
            body=document.body,
            minutes_class=document.minutes_class,
            meeting_on=document.meeting_on,
            page=self._page(document),
            adjusted_at=document.adjusted_at,
            archived_at=document.archived.at if document.archived else None,
            archived_digest=document.archived.pdf.digest if document.archived else None,
            waiting=tuple(sentence for work in works if (sentence := waiting_sentence(t, work))),
            versions=tuple(_version(one) for one in versions),
            findings=_findings(t, document, versions[-1]),
            round=_round(document.round) if document.round else None,
            history=tuple(
                HappenedTold(
                    at=entry.at,
                    kind=entry.kind,
                    actor=entry.actor,
                    sentence=history_sentence(t, entry),
                    digest=str(entry.data.get("digest") or entry.data.get("shown") or "") or None,
                )
                for entry in store.history(document.id)
            ),
        )

    def revision(self, call: Call) -> Response:
        """The latest revision, with the signatures there are."""
        document = document_of(call.request)
        if document.round is None:
            raise NotFoundError("no-such-document", document=document.id)
        return download(self._ports.blobs.get(document.round.current), PDF, f"{document.id}-signed.pdf")

    def source(self, call: Call) -> Response:
        """The draft."""
        document = document_of(call.request)
        source = document.draft.source
        return download(self._ports.blobs.get(source), source.media_type, document.draft.filename)

    def _summary(self, document: Document, queue: Queue, updated_at: dt.datetime) -> DocumentSummary:
        return DocumentSummary(
            id=document.id,
            state=document.state,
            title=document.title,
            body=document.body,
            minutes_class=document.minutes_class,
            meeting_on=document.meeting_on,
            page=self._page(document),
            queue=_QUEUES[queue],
            updated_at=updated_at,
        )

    def _page(self, document: Document) -> str:
        return f"{self._ports.public_url}/documents/{document.id}"


_QUEUES: dict[Queue, Literal["late", "ours", "others", "filing", "closed"]] = {
    Queue.LATE: "late",
    Queue.OURS: "ours",
    Queue.OTHERS: "others",
    Queue.FILING: "filing",
    Queue.CLOSED: "closed",
}


def _cursor(asked: ListParameters, end: Mark) -> str:
    day = str(end.hurried_by or "")
    told = json.dumps([asked.mark, int(end.queue), day, end.updated_at.isoformat(), end.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _place(asked: ListParameters) -> Mark | None:
    """After which document the page begins; None for the first.

    Raises:
        Problem: The cursor is none of ours, or of another list.
    """
    if not asked.cursor:
        return None
    try:
        padded = asked.cursor + "=" * (-len(asked.cursor) % 4)
        mark, queue, day, at, name = json.loads(base64.b64decode(padded, b"-_", validate=True))
        hurried_by = dt.date.fromisoformat(day) if day else None
        updated_at = dt.datetime.fromisoformat(at)
        place = Mark(Queue(queue), hurried_by, updated_at.astimezone(dt.UTC), _name(name))
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError):
        raise Problem(Fault.CURSOR) from None
    if mark != asked.mark or updated_at.tzinfo is None:
        raise Problem(Fault.CURSOR)
    return place


def _name(told: object) -> str:
    if not isinstance(told, str) or not _NAME.fullmatch(told):
        raise ValueError(told)
    return told


def _version(one: VersionRecord) -> VersionTold:
    return VersionTold(
        number=one.number,
        filename=one.filename,
        digest=one.source.digest,
        size_bytes=one.source.size_bytes,
        registered_at=one.registered_at,
        clean=one.clean,
    )


def _findings(t: Texts, document: Document, version: VersionRecord) -> tuple[FindingTold, ...]:
    unit = place_unit(document.draft.source)
    told = list[FindingTold]()
    for record in version.findings:
        (view,) = finding_views(t, [record], unit)
        told.append(
            FindingTold(
                code=str(record["code"]),
                severity=view.severity,
                line=view.line,
                unit=unit,
                quote=view.quote,
                message=view.message,
                remedy=view.remedy,
            )
        )
    return tuple(told)


def _round(current: Round) -> RoundTold:
    objection = current.objection
    return RoundTold(
        number=current.number,
        draft_number=current.draft_number,
        opened_at=current.opened_at,
        ended=current.ended,
        ended_at=current.ended_at,
        copy_digest=current.copy.digest,
        revision_digest=current.current.digest,
        objection=ObjectionTold(
            person=objection.person,
            reason=objection.reason,
            items=tuple(
                ObjectionItemTold(item=one.item, reason=one.reason, proposal=one.proposal) for one in objection.items
            ),
        )
        if objection
        else None,
        seats=tuple(
            SeatTold(
                field=seat.field,
                turn=seat.turn,
                holder=seat.holder,
                person=seat.person,
                role=seat.role,
                standing=seat.standing,
                stands_in_for=seat.stands_in_for or None,
                invited_at=seat.invited_at,
                reminders=seat.reminders,
                away_until=seat.away_until,
                signed_at=seat.signature.signed_at if seat.signature else None,
                revision_digest=seat.signature.revision.digest if seat.signature else None,
            )
            for seat in current.seats
        ),
    )
