"""One document as the archive keeps it: what it is, its items, what it proves, and what can be fetched of it.

All of it is read from the archive, which outlives the database; only the history and two dates come from there, if it is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signflow.archive.handing_out import ArchivedPackage
from signflow.archive.package import FOLDERS, SIGNED_PDF, ArchivedItem, FileRole
from signflow.blobs import fingerprint
from signflow.errors import NotFoundError
from signflow.minutes.recognition.people import same_name
from signflow.rounds.access import Act
from signflow.rounds.model import Document
from signflow.steps.evidence_status import read_plan
from signflow.steps.ports import Ports
from signflow.steps.verify import Verified, verify_apart
from signflow.steps.verify_words import tell_document_timestamp, tell_signature, verdict_sentence, verdict_word
from signflow.texts import Texts
from signflow.web.archive_door import document_asked_for, package_asked_for
from signflow.web.archive_files import ArchiveFiles
from signflow.web.archive_search import ArchiveSearch
from signflow.web.doors import StaffRoute
from signflow.web.forms import Form, taking_form
from signflow.web.pages import Pages
from signflow.web.words import history_sentence, written_date, written_instant

_NUMBER = re.compile(r"[0-9]{1,6}")


class ArchivePages:
    """`/archive` and `/d/…`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where they are found."""
        place = "/d/{document:str}"
        return [
            *ArchiveSearch(self._ports, self._pages).routes(),
            StaffRoute(Act.SEE_ARCHIVED, place, self.page, methods=["GET"], name="archived"),
            StaffRoute(Act.SEE_ARCHIVED, f"{place}/validation", taking_form(self.validate), methods=["POST"]),
            *ArchiveFiles(self._ports).routes(),
        ]

    def page(self, request: Request) -> Response:
        """What the archive holds of a document, every byte of it compared as the page is made."""
        return self._show(request, None)

    def validate(self, request: Request, _form: Form) -> Response:
        """The same, with the signatures validated now."""
        pdf = package_asked_for(self._ports, request).read(SIGNED_PDF)
        at = self._ports.clock().replace(microsecond=0)
        return self._show(request, verify_apart(pdf, self._ports.trust_for_strangers(), at=at))

    def _show(self, request: Request, verified: Verified | None) -> Response:
        t = self._pages.texts_for(request)
        document_id = document_asked_for(request)
        fixity = self._ports.archive.check(document_id).objects[0]
        document = self._document(document_id)
        package = package_asked_for(self._ports, request) if fixity.ok else None
        title, body, date = _about(document_id, package, document)
        return self._pages.render(
            request,
            "archived.html.j2",
            here=f"/d/{document_id}",
            id=document_id,
            title=title,
            body=body,
            meeting=written_date(t, date),
            document=document,
            fixity=fixity,
            pdf_fingerprint=fingerprint(package.pdf_digest) if package else "",
            items=item_views(package.description.items) if package else [],
            people=package.description.people if package else (),
            stored=stored_verdict(t, package) if package else None,
            evidence=self._evidence(t, document_id),
            now=_verdict(t, verified) if verified else None,
            history=[(entry.at, history_sentence(t, entry)) for entry in self._ports.store.history(document_id)],
        )

    def _document(self, document_id: str) -> Document | None:
        """The database's memory of it. The archive outlives the database, so there may be none."""
        try:
            return self._ports.store.load(document_id)
        except NotFoundError:
            return None

    def _evidence(self, t: Texts, document_id: str) -> str:
        """Until when the document is protected by evidence, in words."""
        place = self._ports.archive.evidence.place_of(document_id)
        if place is None:
            return t("archived.evidence.none")
        plan = read_plan(self._ports.archive, self._ports.renewal, self._ports.clock())
        ends = {one.holding.number: one.end.at for one in plan.outlooks}
        if place.batch not in ends or ends[place.batch] <= self._ports.clock():
            return t("archived.evidence.lapsed", batch=place.batch)
        return t("archived.evidence.until", batch=place.batch, until=t.date(t.day(ends[place.batch])))


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of a document.

    Attributes:
        position: From 1.
        label: Its number as written.
        title: Its heading.
        decisions: What was decided.
        extract: The number by which its extract is asked for; None where no number is its alone.
    """

    position: int
    label: str
    title: str
    decisions: tuple[str, ...]
    extract: int | None


def item_views(items: Sequence[ArchivedItem]) -> list[ItemView]:
    """The items; where none has a number, their places are their numbers."""
    numbers: list[int | None] = [int(found[0]) if (found := _NUMBER.search(item.number)) else None for item in items]
    if not any(number is not None for number in numbers):
        numbers = list(range(1, len(items) + 1))
    return [
        ItemView(at, item.number, item.title, item.decisions, number if numbers.count(number) == 1 else None)
        for at, (item, number) in enumerate(zip(items, numbers, strict=True), 1)
    ]


@dataclass(frozen=True, slots=True)
class StoredSignature:
    """A signature or seal: whose, in which capacity, when; for whom they signed, in words, empty if for nobody."""

    name: str
    capacity: str
    at: str
    stands_in: str


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """What the validation before the archiving found, in words.

    Attributes:
        indication: The verdict's code.
        word: The verdict.
        at: When it was taken.
        signatures: In the order in which they were made.
    """

    indication: str
    word: str
    at: str
    signatures: tuple[StoredSignature, ...]


def stored_verdict(t: Texts, package: ArchivedPackage) -> StoredVerdict | None:
    """By the report in the package; None where there is none that we can read."""
    names = [name for name in package.in_role(FileRole.VALIDATION) if name.endswith(".json")]
    try:
        report: dict[str, Any] = json.loads(package.read(names[0])) if names else {}
        word = t(f"signing.indication.{report['indication']}")
        signatures = [
            StoredSignature(
                str(one["signatory"]),
                str(one["role"] or t(f"signing.kind.{one['kind']}")),
                written_instant(t, str(one["signed_at"])),
                _stands_in(t, package, str(one["field"])),
            )
            for one in report["signatures"]
        ]
        return StoredVerdict(str(report["indication"]), word, written_instant(t, str(report["at"])), tuple(signatures))
    except (ValueError, KeyError, TypeError):  # of a form that a later or an earlier version wrote
        return None


def _stands_in(t: Texts, package: ArchivedPackage, field: str) -> str:
    """For whom whoever signed in that field did so, by what the package keeps of them."""
    name = f"{FOLDERS[FileRole.EVIDENCE]}{field}.json"
    if name not in package.names:
        return ""
    kept: dict[str, Any] = json.loads(package.read(name))
    appointed = str(next(iter(kept.get("replaced", ())), ""))
    stands_in = appointed and same_name(appointed) != same_name(str(kept["person"]))
    return t("round.note.stands_in", person=appointed) if stands_in else ""


def _verdict(t: Texts, verified: Verified) -> dict[str, object]:
    report = verified.report
    return {
        "indication": report.indication,
        "word": verdict_word(report, t),
        "sentence": verdict_sentence(report, t),
        "at": t.instant(report.at),
        "signatures": [tell_signature(one, report.at, t) for one in report.signatures],
        "timestamps": [tell_document_timestamp(one, report.at, t) for one in report.document_timestamps],
    }


def _about(document_id: str, package: ArchivedPackage | None, document: Document | None) -> tuple[str, str, str]:
    """Title, body and day; of a damaged package what the database knows."""
    if package:
        said = package.description
        return said.title or document_id, said.body, said.date
    if document:
        day = document.meeting_on.isoformat() if document.meeting_on else ""
        return document.title or document_id, document.body, day
    return document_id, "", ""
