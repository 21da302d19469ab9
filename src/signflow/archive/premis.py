"""PREMIS 3: what the files are, what happened to them, and who did it.

The package has one PREMIS document for the whole (the document as an intellectual entity, its representations, all
events and agents) and one in each representation (its files). Equal input and time give equal bytes.

Source: PREMIS Data Dictionary 3.0; E-ARK CITS Preservation Metadata 1.0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from signflow.archive.durable import Digests
from signflow.archive.package import EventType, PremisAgent, PremisEvent
from signflow.archive.xml_bytes import XSI, Element, add_child, new_root, set_attribute, xml_bytes, xml_instant

PREMIS_PATH = "metadata/preservation/premis.xml"
_NS = "http://www.loc.gov/premis/v3"
_LOCAL = "local"
_EVENT_TYPES = "http://id.loc.gov/vocabulary/preservation/eventType"
_AGENT_TYPES = "http://id.loc.gov/vocabulary/preservation/agentType"
_OWN_EVENT_TYPES = frozenset({EventType.RENDERING})


@dataclass(frozen=True, slots=True)
class DescribedFile:
    """A file of the package whose bytes are known: its path in the package, media type and digests."""

    path: str
    media_type: str
    digests: Digests


@dataclass(frozen=True, slots=True)
class PackagePremis:
    """What the PREMIS document of a whole package says; `files` are those that are in no representation."""

    package_id: str
    title: str
    representations: Sequence[str]
    files: Sequence[DescribedFile]
    events: Sequence[PremisEvent]
    agents: Sequence[PremisAgent]


def representation_id(package_id: str, representation: str) -> str:
    """The identifier of a representation."""
    return f"{package_id}/representations/{representation}"


def file_id(package_id: str, path: str) -> str:
    """The identifier of a file."""
    return f"{package_id}/{path}"


def build_representation_premis(package_id: str, representation: str, files: Iterable[DescribedFile]) -> bytes:
    """The PREMIS document of one representation: itself and each of its files with format, size and digests."""
    root = _root()
    entity = _object(root, "representation", representation_id(package_id, representation))
    _relationship(entity, "structural", "represents", package_id)
    for file in files:
        _file(root, package_id, file, representation_id(package_id, representation))
    return xml_bytes(root)


def build_package_premis(content: PackagePremis) -> bytes:
    """The PREMIS document of the whole package."""
    root, package_id = _root(), content.package_id
    entity = _object(root, "intellectualEntity", package_id)
    _add(entity, "originalName", content.title)
    for representation in content.representations:
        _relationship(entity, "structural", "has part", representation_id(package_id, representation))
    for file in content.files:
        _file(root, package_id, file, package_id)
    for number, event in enumerate(content.events, start=1):
        _event(root, package_id, number, event)
    for agent in content.agents:
        _agent(root, agent)
    return xml_bytes(root)


def ingest_events(at: dt.datetime, agent: str, paths: tuple[str, ...]) -> tuple[PremisEvent, PremisEvent]:
    """What the archive itself does to the given files before it stores them."""
    return (
        PremisEvent(
            EventType.FIXITY_CHECK,
            at,
            "SHA-512 and SHA-256 computed while copying; each file read back from the archive's disk and compared",
            agent,
            paths=paths,
        ),
        PremisEvent(
            EventType.INGESTION, at, "Packaged as E-ARK CSIP 2.1 and stored as a version of an OCFL object", agent
        ),
    )


def _root() -> Element:
    root = new_root(_NS, "premis", {"premis": _NS, "xsi": XSI})
    set_attribute(root, "version", "3.0")
    return root


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    return add_child(parent, _NS, name, text)


def _identifier(parent: Element, kind: str, value: str) -> None:
    identifier = _add(parent, f"{kind}Identifier")
    _add(identifier, f"{kind}IdentifierType", _LOCAL)
    _add(identifier, f"{kind}IdentifierValue", value)


def _object(root: Element, category: str, identifier: str) -> Element:
    entity = _add(root, "object")
    set_attribute(entity, "type", f"premis:{category}", XSI)
    _identifier(entity, "object", identifier)
    return entity


def _relationship(entity: Element, kind: str, subtype: str, other: str) -> None:
    relationship = _add(entity, "relationship")
    _add(relationship, "relationshipType", kind)
    _add(relationship, "relationshipSubType", subtype)
    _identifier(relationship, "relatedObject", other)


def _file(root: Element, package_id: str, file: DescribedFile, whole: str) -> None:
    entity = _object(root, "file", file_id(package_id, file.path))
    characteristics = _add(entity, "objectCharacteristics")
    for algorithm, digest in (("SHA-512", file.digests.sha512), ("SHA-256", file.digests.sha256)):
        fixity = _add(characteristics, "fixity")
        _add(fixity, "messageDigestAlgorithm", algorithm)
        _add(fixity, "messageDigest", digest)
        _add(fixity, "messageDigestOriginator", "signflow")
    _add(characteristics, "size", str(file.digests.size_bytes))
    designation = _add(_add(characteristics, "format"), "formatDesignation")
    _add(designation, "formatName", file.media_type)
    _add(entity, "originalName", file.path.rsplit("/", maxsplit=1)[-1])
    _relationship(entity, "structural", "is included in", whole)


def _event(root: Element, package_id: str, number: int, event: PremisEvent) -> None:
    entry = _add(root, "event")
    _identifier(entry, "event", f"{package_id}/events/{number}")
    kind = _add(entry, "eventType", event.type)
    if event.type not in _OWN_EVENT_TYPES:
        set_attribute(kind, "authority", "eventType")
        set_attribute(kind, "authorityURI", _EVENT_TYPES)
    _add(entry, "eventDateTime", xml_instant(event.at))
    _add(_add(entry, "eventDetailInformation"), "eventDetail", event.detail)
    _add(_add(entry, "eventOutcomeInformation"), "eventOutcome", event.outcome)
    _identifier(entry, "linkingAgent", event.agent)
    for concerned in [file_id(package_id, path) for path in event.paths] or [package_id]:
        _identifier(entry, "linkingObject", concerned)


def _agent(root: Element, agent: PremisAgent) -> None:
    entry = _add(root, "agent")
    _identifier(entry, "agent", agent.identifier)
    _add(entry, "agentName", agent.name)
    kind = _add(entry, "agentType", agent.kind)
    set_attribute(kind, "authority", "agentType")
    set_attribute(kind, "authorityURI", _AGENT_TYPES)
    if agent.version:
        _add(entry, "agentVersion", agent.version)
