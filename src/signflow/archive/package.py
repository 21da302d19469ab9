"""What goes into the archive about one document: its files, what they are, and what has happened to them.

A package is a value. It is complete before it reaches the archive; the archive adds only what it alone knows (digests,
the schemas, the ingestion) and how it is all described.

Source: E-ARK CSIP 2.1, section 4 (folders); PREMIS 3.0 data dictionary, events and agents.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from signflow.errors import RefusedError

SIGNED_PDF = "representations/signed/data/minutes.pdf"
_DOCUMENT_ID_CHARACTERS = 200
_NAME_BYTES = 200


class FileRole(StrEnum):
    """What a file is in the package."""

    SIGNED = "signed"  # the signed PDF: exactly one, at SIGNED_PDF
    SOURCE = "source"  # the draft as it was delivered
    STRUCTURED = "structured"  # the minutes as data
    ACCESS = "access"  # copies to hand out: redacted, web
    ATTACHMENT = "attachments"  # what belongs to the minutes
    VALIDATION = "validation"  # the report on the signatures, taken before ingest
    EVIDENCE = "evidence"  # what authenticates the signatories and the signatures outside the PDF
    HISTORY = "history"  # the signing rounds and the audit entries
    DOCUMENTATION = "documentation"  # what a reader needs to know to use the package


CONTENT_ROLES = (FileRole.SIGNED, FileRole.SOURCE, FileRole.STRUCTURED, FileRole.ACCESS, FileRole.ATTACHMENT)
PROVENANCE_ROLES = (FileRole.VALIDATION, FileRole.EVIDENCE, FileRole.HISTORY)
FOLDERS: Mapping[FileRole, str] = {
    **{role: f"representations/{role}/data/" for role in CONTENT_ROLES},
    **{role: f"metadata/other/{role}/" for role in PROVENANCE_ROLES},
    FileRole.DOCUMENTATION: "documentation/",
}


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file to keep.

    Attributes:
        path: Where it stands in the package, below the folder of its role (`FOLDERS`); parts divided by `/`.
        content: The bytes, or the file that holds them.
        media_type: As registered with IANA.
        role: What it is.
    """

    path: str
    content: bytes | Path
    media_type: str
    role: FileRole


class EventType(StrEnum):
    """What can happen to a document, in the words of the PREMIS event types where they have one."""

    CREATION = "creation"
    RENDERING = "rendering"
    SIGNATURE = "digital signature generation"
    VALIDATION = "validation"
    INGESTION = "ingestion"
    FIXITY_CHECK = "fixity check"
    REPLICATION = "replication"
    DISPOSAL = "deletion"


class AgentKind(StrEnum):
    """Who acts; the PREMIS agent types."""

    PERSON = "person"
    ORGANIZATION = "organization"
    SOFTWARE = "software"


@dataclass(frozen=True, slots=True)
class PremisAgent:
    """Somebody or something that acts.

    Attributes:
        identifier: Unique in the package; never an identity number.
        name: As people know it.
        kind: What it is.
        version: Of a program; empty for others.
    """

    identifier: str
    name: str
    kind: AgentKind
    version: str = ""


@dataclass(frozen=True, slots=True)
class PremisEvent:
    """Something that happened.

    Attributes:
        type: What.
        at: When, aware.
        detail: In words, for a reader who knows nothing else.
        agent: The identifier of the agent who did it.
        outcome: `success` or another word for how it ended.
        paths: The files of the package it concerned; empty means the document as a whole.
    """

    type: EventType
    at: dt.datetime
    detail: str
    agent: str
    outcome: str = "success"
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchivedItem:
    """A matter of the minutes, as it is searched."""

    number: str
    title: str
    text: str
    decisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Responsible:
    """In whose name a version is stored. The address is a URI, such as `mailto:kommun@example.se`."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class ArchivalPackage:
    """Everything to keep about one document.

    Attributes:
        document_id: The document's name in the house, at most 200 printable characters.
        title: The document's title.
        body: The body that met.
        minutes_class: Which rules applied (`notes`, `protocol`).
        language: Its language (`sv`, `en`).
        meeting_on: The day of the meeting.
        people: Who is named in it: participants, absent, signatories.
        items: Its matters, in order.
        text: What else it says, to be searched.
        files: What to keep; one SIGNED, at least one DOCUMENTATION.
        events: What happened to it before, in order.
        agents: Who did that; every event's agent stands here.
        software: The program that made the package; one of the agents or another.
        responsible: In whose name it is stored.
        message: Why this version is stored, in one line.
    """

    document_id: str
    title: str
    body: str
    minutes_class: str
    language: str
    meeting_on: dt.date
    people: tuple[str, ...]
    items: tuple[ArchivedItem, ...]
    text: str
    files: tuple[PackageFile, ...]
    events: tuple[PremisEvent, ...]
    agents: tuple[PremisAgent, ...]
    software: PremisAgent
    responsible: Responsible
    message: str

    @property
    def all_agents(self) -> tuple[PremisAgent, ...]:
        """The agents with the program, each once."""
        return self.agents if self.software in self.agents else (*self.agents, self.software)


def verify_document_id(document_id: str) -> None:
    """Refuse a name that cannot be kept for ever.

    Raises:
        RefusedError: `archive-id-unfit`: empty, too long, or with characters that are not printable.
    """
    fit = document_id.isprintable() and document_id == document_id.strip()
    if not fit or not 1 <= len(document_id) <= _DOCUMENT_ID_CHARACTERS:
        raise RefusedError("archive-id-unfit", document=document_id.encode("ascii", "backslashreplace").decode()[:200])


def verify_package(package: ArchivalPackage) -> None:
    """Refuse a package that is not whole, before anything of it is written.

    Raises:
        RefusedError: `archive-id-unfit`, `archive-path-unfit`, `archive-path-taken`, `archive-package-incomplete` or
            `archive-agent-unknown`.
    """
    verify_document_id(package.document_id)
    for file in package.files:
        if not _fits(file):
            raise RefusedError("archive-path-unfit", path=ascii(file.path)[:200], role=str(file.role))
    # Compared without regard to case: the package must also unpack on a file system that has none.
    taken = Counter(file.path.casefold() for file in package.files)
    for path, times in taken.items():
        parents = {path[:end] for end in range(len(path)) if path[end] == "/"}
        if times > 1 or not parents.isdisjoint(taken):
            raise RefusedError("archive-path-taken", path=path)
    roles = Counter(file.role for file in package.files)
    if roles[FileRole.SIGNED] != 1:
        raise RefusedError("archive-package-incomplete", role=str(FileRole.SIGNED), found=roles[FileRole.SIGNED])
    if not roles[FileRole.DOCUMENTATION]:
        raise RefusedError("archive-package-incomplete", role=str(FileRole.DOCUMENTATION), found=0)
    known = {agent.identifier for agent in package.all_agents}
    for event in package.events:
        if event.agent not in known:
            raise RefusedError("archive-agent-unknown", agent=event.agent, event=str(event.type))


def _fits(file: PackageFile) -> bool:
    parts = file.path.split("/")
    whole = file.path.startswith(FOLDERS[file.role]) and file.path.isprintable() and "\\" not in file.path
    named = all(part not in {"", ".", ".."} and len(part.encode("utf-8", "replace")) <= _NAME_BYTES for part in parts)
    placed = file.role is not FileRole.SIGNED or file.path == SIGNED_PDF
    return whole and named and placed and unicodedata.is_normalized("NFC", file.path)
