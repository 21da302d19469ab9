"""The archive for programs: its search, and what can be fetched of a document."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from signflow.archive.search import Hit, Search
from signflow.blobs import PDF
from signflow.rounds.access import Act
from signflow.steps.ports import Ports
from signflow.web.api.models import Day, Digest, Text
from signflow.web.api.operation import Call, File, Given, Operation, Told
from signflow.web.archive_door import package_asked_for
from signflow.web.archive_files import ArchiveFiles
from signflow.web.archived import item_views

_LAST_PAGE = 10_000


class SearchParameters(Given):
    """What is looked for."""

    q: Text = Field(
        default="",
        max_length=200,
        description="Words, in any inflection; the newest first if left out.",
        examples=["skola"],
    )
    body: Text = Field(default="", max_length=200, description="The body of exactly this name.")
    minutes_class: Literal["protocol", "notes"] | None = Field(default=None, alias="class")
    person: Text = Field(
        default="", max_length=200, description="Words of the name of somebody who was there, or signed."
    )
    since: Day | None = Field(default=None, alias="from", description="The first day of meetings.")
    until: Day | None = Field(default=None, alias="to", description="The last day.")
    item: int | None = Field(default=None, ge=1, le=99_999, description="The number of an item.")
    decisions: Literal["only"] | None = Field(default=None, description="Only what is decided.")
    page: int = Field(default=1, ge=1, le=_LAST_PAGE, description="From 1.")

    def wanted(self) -> Search:
        """What is asked of the archive."""
        return Search(
            self.q.strip(),
            self.body.strip(),
            self.minutes_class or "",
            self.person.strip(),
            _written(self.since),
            _written(self.until),
            self.item,
            self.decisions is not None,
            self.page,
        )


class HitTold(Told):
    """A document that was found."""

    id: str
    title: str
    body: str
    meeting_on: str = Field(description="As the package says it: an ISO date.")
    item: str | None = Field(description="The number, as written, of the item in which the best passage is.")
    passage: str = Field(description="That passage; empty where no words were looked for.")


class FoundTold(Told):
    """What a search came to."""

    documents: tuple[HitTold, ...]
    total: int = Field(description="How many there are; at least so many if `more`.")
    more: bool
    pages: int


class ItemTold(Told):
    """An item of archived minutes."""

    number: str = Field(description="As written; empty where it has none.")
    title: str
    decisions: tuple[str, ...]
    extract: int | None = Field(
        description="The number by which its extract is fetched; null where it has none of its own."
    )


class ArchivedTold(Told):
    """A document as the archive keeps it."""

    id: str
    title: str
    body: str
    minutes_class: str
    language: str
    meeting_on: str
    people: tuple[str, ...]
    items: tuple[ItemTold, ...]
    version: int = Field(description="Of the package.")
    stored_at: dt.datetime
    digest: Digest


class ArchiveOperations:
    """`/archive`."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def operations(self) -> list[Operation]:
        """What can be asked."""
        one, files = "/archive/{document}", ArchiveFiles(self._ports)
        return [
            Operation(
                "searchArchive",
                "GET",
                "/archive",
                Act.SEARCH,
                "Search the archive",
                "Titles, bodies, people, items and decisions; the best first, without words the newest.",
                self.find,
                FoundTold,
                parameters=SearchParameters,
            ),
            Operation(
                "getArchived",
                "GET",
                one,
                Act.SEE_ARCHIVED,
                "Read what is archived",
                "What the package says of itself, compared with its digests as it is read.",
                self.read,
                ArchivedTold,
            ),
            Operation(
                "getSignedPdf",
                "GET",
                f"{one}/minutes.pdf",
                Act.SEE_ARCHIVED,
                "Fetch the signed PDF",
                "Compared with its digest before the first byte goes out.",
                lambda call: files.signed(call.request),
                File((PDF,), "The signed and sealed PDF."),
            ),
            Operation(
                "getWebPdf",
                "GET",
                f"{one}/web.pdf",
                Act.SEE_ARCHIVED,
                "Fetch the copy for the web",
                "Redacted and unsigned.",
                lambda call: files.web_pdf(call.request),
                File((PDF,), "The copy."),
            ),
            Operation(
                "getWebPage",
                "GET",
                f"{one}/web.html",
                Act.SEE_ARCHIVED,
                "Fetch the copy for the web as a page",
                "Redacted and unsigned.",
                lambda call: files.web_html(call.request),
                File(("text/html",), "The copy."),
            ),
            Operation(
                "getExtract",
                "GET",
                f"{one}/items/{{item:int}}.pdf",
                Act.SEE_ARCHIVED,
                "Fetch an extract",
                "One item as an unsigned PDF of its own.",
                lambda call: files.extract(call.request),
                File((PDF,), "The extract."),
                values={"item": {"type": "integer", "minimum": 0, "maximum": 99_999}},
            ),
            Operation(
                "getAccessPackage",
                "GET",
                f"{one}/access.zip",
                Act.SEE_ARCHIVED,
                "Fetch what is handed out",
                "The signed PDF, its copies, what describes and what validates them. Never how people signed in.",
                lambda call: files.access(call.request),
                File(("application/zip",), "The files."),
            ),
        ]

    def find(self, call: Call) -> FoundTold:
        """What there is of what was asked for."""
        found = self._ports.archive.find(call.given(SearchParameters).wanted())
        return FoundTold(
            documents=tuple(_hit(hit) for hit in found.hits), total=found.total, more=found.more, pages=found.pages
        )

    def read(self, call: Call) -> ArchivedTold:
        """What the archive holds of a document."""
        package = package_asked_for(self._ports, call.request)
        said = package.description
        return ArchivedTold(
            id=package.document_id,
            title=said.title,
            body=said.body,
            minutes_class=said.minutes_class,
            language=said.language,
            meeting_on=said.date,
            people=said.people,
            items=tuple(
                ItemTold(number=one.label, title=one.title, decisions=one.decisions, extract=one.extract)
                for one in item_views(said.items)
            ),
            version=package.version,
            stored_at=package.stored_at,
            digest=package.pdf_digest,
        )


def _hit(hit: Hit) -> HitTold:
    item = hit.item.label if hit.item and hit.item.position else None
    return HitTold(
        id=hit.document_id, title=hit.title, body=hit.body, meeting_on=hit.date, item=item, passage=hit.snippet
    )


def _written(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
