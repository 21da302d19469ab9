"""What has changed between two versions of a document."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signflow.errors import NotFoundError
from signflow.rendering.html.difference import difference_html
from signflow.rounds.access import Act
from signflow.steps.compare_versions import Compared, compare_versions
from signflow.steps.ports import Ports
from signflow.texts import Language
from signflow.web.board import title_of
from signflow.web.doors import StaffRoute, document_of
from signflow.web.downloads import Kept
from signflow.web.pages import Pages

_LONGEST_NUMBER = 6
_MOST_KEPT = 32  # versions never change


class ChangesPages:
    """`/documents/…/changes`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages
        self._kept: Kept[tuple[str, int, int, Language], tuple[Compared, str]] = Kept(_MOST_KEPT, lambda _: 1)

    def routes(self) -> list[Route]:
        """Where it is found."""
        return [StaffRoute(Act.SEE, "/documents/{document:str}/changes", self.page, methods=["GET"], name="changes")]

    def page(self, request: Request) -> Response:
        """From the version `from` to the version `to`; to the latest from the one before, where they are not named."""
        document = document_of(request)
        latest = document.draft.number
        new = _number(request, "to", latest, document.id)
        old = _number(request, "from", max(1, new - 1), document.id)
        t = self._pages.texts_for(request)

        def compare() -> tuple[Compared, str]:
            compared = compare_versions(self._ports, document.id, old, new)
            return compared, difference_html(compared.difference, t) if compared.difference else ""

        compared, html = self._kept.get((document.id, old, new, t.language), compare)
        return self._pages.render(
            request,
            "changes.html.j2",
            document=document,
            title=title_of(t, document),
            compared=compared,
            html=html,
            numbers=range(1, latest + 1),
        )


def _number(request: Request, name: str, default: int, document_id: str) -> int:
    told = request.query_params.get(name, "")
    if not told:
        return default
    if not (told.isascii() and told.isdecimal() and len(told) <= _LONGEST_NUMBER):
        raise NotFoundError("no-such-document", document=document_id)
    return int(told)
