"""Copies made of what is archived, from the archive alone: the same package gives the same bytes, whenever they are made."""

from __future__ import annotations

import contextlib
import json

from signflow.archive.handing_out import ArchivedPackage, PackedFile
from signflow.archive.package import SIGNED_PDF, FileRole
from signflow.errors import IntegrityError
from signflow.rendering.copies import Original
from signflow.rendering.html.page import load_page
from signflow.steps.check_draft import CheckedDraft
from signflow.steps.ports import Ports
from signflow.steps.read_apart import read_apart
from signflow.steps.typeset import typeset_extract, typeset_html, typeset_web

_FOR_ALL = (FileRole.VALIDATION, FileRole.DOCUMENTATION)


def web_pdf(ports: Ports, package: ArchivedPackage) -> bytes:
    """The redacted, unsigned PDF/A that may be published.

    Raises:
        IntegrityError: The draft that is archived is not what was stored, or can no longer be read.
    """
    return typeset_web(read_archived(package), ports.style, ports.texts, _original(package), at=package.stored_at)


def web_html(ports: Ports, package: ArchivedPackage) -> bytes:
    """The same as a page.

    Raises:
        IntegrityError: As `web_pdf`.
    """
    return typeset_html(
        read_archived(package), ports.style, ports.texts, _original(package), page=load_page(ports.templates)
    )


def extract(ports: Ports, package: ArchivedPackage, number: int, *, masked: bool = False) -> bytes:
    """One item as an unsigned PDF/A of its own; `masked` hides what the web copy hides.

    Raises:
        NotFoundError: `item-unknown`.
        RefusedError: `item-ambiguous`.
        IntegrityError: As `web_pdf`.
    """
    return extract_of(ports, package, read_archived(package), number, masked=masked)


def extract_of(
    ports: Ports, package: ArchivedPackage, draft: CheckedDraft, number: int, *, masked: bool = False
) -> bytes:
    """The same, of the archived draft as it was read: for several items of one package."""
    original = _original(package)
    return typeset_extract(draft, number, ports.style, ports.texts, original, at=package.stored_at, masked=masked)


def whole_package(package: ArchivedPackage) -> list[PackedFile]:
    """Every file of the AIP, under a folder of the document's name.

    Raises:
        IntegrityError: A file is not what was stored.
    """
    return _under(package, package.packed(package.names))


def access_package(ports: Ports, package: ArchivedPackage) -> list[PackedFile]:
    """What is handed out to read and to check: the signed PDF, its web copy, what describes and what validates them.

    What shows how the signatories identified themselves, the history of the case and the draft are not in it.

    Raises:
        IntegrityError: A file is not what was stored.
    """
    described = [name for name in package.names if name.startswith("metadata/descriptive/")]
    names = [*described, *(name for role in _FOR_ALL for name in package.in_role(role)), SIGNED_PDF]
    made = [
        PackedFile("representations/access/data/web.html", web_html(ports, package)),
        PackedFile("representations/access/data/web.pdf", web_pdf(ports, package)),
    ]
    return _under(package, sorted([*package.packed(names), *made], key=lambda file: file.name))


def _under(package: ArchivedPackage, files: list[PackedFile]) -> list[PackedFile]:
    # A document's name may hold any sign: none of them leads out of the folder that it is unpacked in.
    folder = "".join(
        character if character.isalnum() or character in "-_" else "_" for character in package.document_id
    )
    return [PackedFile(f"{folder}/{file.name}", file.content, file.sha512) for file in files]


def read_archived(package: ArchivedPackage) -> CheckedDraft:
    """The archived draft, read.

    Raises:
        IntegrityError: As `web_pdf`.
    """
    filename, source = package.source()
    reading = read_apart(source, filename)
    if reading.minutes is None:
        raise IntegrityError("draft-unreadable", document=package.document_id)
    return CheckedDraft(reading.minutes, reading.findings)


def _original(package: ArchivedPackage) -> Original:
    return Original(package.document_id, _draft_number(package), package.pdf_digest)


def _draft_number(package: ArchivedPackage) -> int:
    """Which version of its text the document was signed in; its package's version, where no history tells."""
    for name in package.in_role(FileRole.HISTORY):
        with contextlib.suppress(ValueError, KeyError, TypeError):  # a history that others have written
            opened = [entry for entry in json.loads(package.read(name)) if entry["kind"] == "review-opened"]
            if opened:
                return int(opened[-1]["data"]["draft"])
    return package.version
