"""What can be fetched of an archived document: every file compared with its digest before the first byte of it goes out."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from signflow.archive.handing_out import ArchivedPackage, PackedFile, stream_zip
from signflow.archive.package import SIGNED_PDF
from signflow.blobs import PDF
from signflow.rounds.access import Act
from signflow.steps.archived_copies import access_package, extract, web_html, web_pdf, whole_package
from signflow.steps.ports import Ports
from signflow.texts import language_of
from signflow.web.archive_door import package_asked_for
from signflow.web.doors import StaffRoute
from signflow.web.downloads import disposition, download

_ZIP = "application/zip"
_LONGEST_NAME = 100


class ArchiveFiles:
    """`/d/…/…`."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def routes(self) -> list[Route]:
        """Where they are found."""
        place = "/d/{document:str}"
        return [
            StaffRoute(Act.SEE_ARCHIVED, f"{place}/minutes.pdf", self.signed, methods=["GET"]),
            StaffRoute(Act.SEE_ARCHIVED, f"{place}/web.pdf", self.web_pdf, methods=["GET"]),
            StaffRoute(Act.SEE_ARCHIVED, f"{place}/web.html", self.web_html, methods=["GET"]),
            StaffRoute(Act.SEE_ARCHIVED, f"{place}/items/{{item:int}}.pdf", self.extract, methods=["GET"]),
            StaffRoute(Act.FETCH_PACKAGE, f"{place}/package.zip", self.package, methods=["GET"]),
            StaffRoute(Act.SEE_ARCHIVED, f"{place}/access.zip", self.access, methods=["GET"]),
        ]

    def signed(self, request: Request) -> Response:
        """The signed minutes, whole or in part (RFC 9110, 14)."""
        package = self._asked_for(request)
        named = disposition(self._name(package, "", "pdf"))
        return FileResponse(package.verified_path(SIGNED_PDF), media_type=PDF, headers={"Content-Disposition": named})

    def web_pdf(self, request: Request) -> Response:
        """The redacted copy for the web, as PDF."""
        package = self._asked_for(request)
        return download(web_pdf(self._ports, package), PDF, self._name(package, self._word(package, "web"), "pdf"))

    def web_html(self, request: Request) -> Response:
        """The same as a page."""
        package = self._asked_for(request)
        name = self._name(package, self._word(package, "web"), "html")
        return download(web_html(self._ports, package), "text/html", name)

    def extract(self, request: Request) -> Response:
        """One item as a PDF of its own."""
        package = self._asked_for(request)
        number: int = request.path_params["item"]
        name = self._name(package, self._word(package, "extract", item=number), "pdf")
        return download(extract(self._ports, package, number), PDF, name)

    def package(self, request: Request) -> Response:
        """The whole archival package."""
        package = self._asked_for(request)
        return _zip(whole_package(package), f"{package.document_id}.zip")

    def access(self, request: Request) -> Response:
        """What is handed out to read and to check."""
        package = self._asked_for(request)
        return _zip(access_package(self._ports, package), f"{package.document_id}-{self._word(package, 'access')}.zip")

    def _asked_for(self, request: Request) -> ArchivedPackage:
        return package_asked_for(self._ports, request)

    def _word(self, package: ArchivedPackage, kind: str, **params: object) -> str:
        """What a copy is, in the document's language."""
        return self._ports.texts[language_of(package.description.language)](f"archived.file.{kind}", **params)

    def _name(self, package: ArchivedPackage, kind: str, suffix: str) -> str:
        """`Protokoll Kommunstyrelsen 2024-01-16, utdrag § 5 (6tj2k0m9x3qd).pdf`."""
        description = package.description
        title = " ".join(description.title.split())[:_LONGEST_NAME].strip()
        day = "" if description.date in title else description.date
        about = ", ".join(filter(None, (" ".join(filter(None, (title, day))), kind)))
        return f"{about} ({package.document_id}).{suffix}".replace("/", "-").replace("\\", "-")


def _zip(files: Sequence[PackedFile], name: str) -> Response:
    return StreamingResponse(
        stream_zip(files), media_type=_ZIP, headers={"Content-Disposition": disposition(name.replace("/", "-"))}
    )
