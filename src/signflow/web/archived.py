"""The archivist's search, and one document as the archive keeps it."""

from __future__ import annotations

import datetime as dt

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signflow.archive.index import Hit
from signflow.blobs import PDF, digest_of, fingerprint
from signflow.errors import NotFoundError
from signflow.rounds.model import Document
from signflow.steps.evidence_status import EvidenceStatus, read_status
from signflow.steps.ports import Ports
from signflow.texts import Texts
from signflow.web.downloads import download
from signflow.web.pages import Pages
from signflow.web.words import history_sentence

_LONGEST_QUERY = 200


class ArchivePages:
    """`/archive` and `/d/…`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where they are found."""
        return [
            Route("/archive", self.search, methods=["GET"], name="archive"),
            Route("/d/{document:str}", self.page, methods=["GET"], name="archived"),
            Route("/d/{document:str}/minutes.pdf", self.pdf, methods=["GET"]),
        ]

    def search(self, request: Request) -> Response:
        """Documents with the words that were asked for; all, if none were."""
        query = request.query_params.get("q", "").strip()[:_LONGEST_QUERY]
        hits = self._ports.archive.find(query) if query else self._ports.archive.list()
        t = self._pages.texts_for(request)
        found = [(hit, written_date(t, hit.date)) for hit in hits]
        status = read_status(self._ports.archive, self._ports.renewal, self._ports.clock())
        evidence = evidence_sentence(t, status)
        return self._pages.render(request, "archive.html.j2", query=query, hits=found, evidence=evidence)

    def page(self, request: Request) -> Response:
        """What the archive holds of a document, verified as the page is made."""
        document_id: str = request.path_params["document"]
        report = self._ports.archive.check(document_id)
        document = self._document(document_id)
        t = self._pages.texts_for(request)
        hit = self._hit(document_id, document)
        history = self._ports.store.history(document_id)
        return self._pages.render(
            request,
            "archived.html.j2",
            id=document_id,
            hit=hit,
            meeting=written_date(t, hit.date),
            document=document,
            fixity=report.objects[0],
            pdf_fingerprint=fingerprint(digest_of(self._ports.archive.retrieve(document_id))) if report.ok else "",
            history=[(entry.at, history_sentence(t, entry)) for entry in history],
        )

    def pdf(self, request: Request) -> Response:
        """The signed minutes, compared with their digest as they are read."""
        document_id: str = request.path_params["document"]
        return download(self._ports.archive.retrieve(document_id), PDF, f"{document_id}.pdf")

    def _document(self, document_id: str) -> Document | None:
        """The database's memory of it. The archive outlives the database, so there may be none."""
        try:
            return self._ports.store.load(document_id)
        except NotFoundError:
            return None

    def _hit(self, document_id: str, document: Document | None) -> Hit:
        if document:
            meeting = document.meeting_on.isoformat() if document.meeting_on else ""
            return Hit(document_id, document.title, document.body, meeting, "")
        hits = (hit for hit in self._ports.archive.list() if hit.document_id == document_id)
        return next(hits, Hit(document_id, document_id, "", "", ""))


def evidence_sentence(t: Texts, status: EvidenceStatus) -> str:
    """Until when what is archived is protected; empty while nothing is archived."""
    protected, until = status.plan.protected, status.plan.until
    if status.lapsed and not protected:
        return t("evidence.board.lapsed")
    if not until:
        return t("evidence.board.none", waiting=status.waiting) if status.waiting else ""
    kind = "some" if status.waiting else "all"
    return t(f"evidence.board.{kind}", count=protected, until=t.date(until.date()), waiting=status.waiting)


def written_date(t: Texts, date: str) -> str:
    """An ISO date as the language writes it; as the archive has it, where that is none."""
    try:
        return t.date(dt.date.fromisoformat(date))
    except ValueError:
        return date
