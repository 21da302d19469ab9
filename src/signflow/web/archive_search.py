"""The archivist's search: a plain form whose address can be kept."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signflow.archive.search import Found
from signflow.rounds.access import Act
from signflow.steps.evidence_status import EvidenceStatus, read_status
from signflow.steps.ports import Ports
from signflow.texts import Texts
from signflow.web.archive_choice import CLASSES, ArchiveChoice, read_archive_choice
from signflow.web.doors import StaffRoute
from signflow.web.pages import Pages
from signflow.web.words import written_date


class ArchiveSearch:
    """`/archive`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where it is found."""
        return [StaffRoute(Act.SEARCH, "/archive", self.page, methods=["GET"], name="archive")]

    def page(self, request: Request) -> Response:
        """What there is of what was asked for; the newest, if nothing was."""
        choice = read_archive_choice(request.query_params)
        t = self._pages.texts_for(request)
        found = self._ports.archive.find(choice)
        status = read_status(self._ports.archive, self._ports.renewal, self._ports.clock())
        return self._pages.render(
            request,
            "archive.html.j2",
            choice=choice,
            classes=CLASSES,
            bodies=self._ports.archive.bodies(),
            found=found,
            hits=[(hit, written_date(t, hit.date)) for hit in found.hits],
            outcome=outcome_sentence(t, choice, found),
            evidence=evidence_sentence(t, status),
        )


def outcome_sentence(t: Texts, choice: ArchiveChoice, found: Found) -> str:
    """How much there is."""
    kind = "words" if choice.words else "filters" if choice.filtered else "all"
    number = "more" if found.more else {0: "none", 1: "one"}.get(found.total, "many")
    return t(f"archived.outcome.{kind}.{number}", count=found.total, words=choice.words)


def evidence_sentence(t: Texts, status: EvidenceStatus) -> str:
    """Until when what is archived is protected; empty while nothing is archived."""
    protected, until = status.plan.protected, status.plan.until
    if status.lapsed and not protected:
        return t("evidence.board.lapsed")
    if not until:
        return t("evidence.board.none", waiting=status.waiting) if status.waiting else ""
    kind = "some" if status.waiting else "all"
    return t(f"evidence.board.{kind}", count=protected, until=t.date(until.date()), waiting=status.waiting)
