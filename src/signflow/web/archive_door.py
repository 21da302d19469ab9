"""The one way from an address to what the archive keeps: whoever may not see a document is turned away here."""

from __future__ import annotations

from starlette.requests import Request

from signflow.archive.handing_out import ArchivedPackage
from signflow.steps.ports import Ports


def document_asked_for(request: Request) -> str:
    """The document that the address names."""
    return str(request.path_params["document"])


def package_asked_for(ports: Ports, request: Request) -> ArchivedPackage:
    """The document's newest package, to be read.

    Raises:
        NotFoundError: There is no such document.
        IntegrityError: Its inventory is not what was stored.
    """
    return ports.archive.open(document_asked_for(request))
