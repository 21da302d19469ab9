"""METS by E-ARK CSIP 2.1: the list of everything in a package, with sizes and digests, for any archive's software.

The package has one METS document; each representation folder has its own, and the package's points to it. Equal input
and time give equal bytes.

Two rules of CSIP contradict each other, and both are kept: the profile wants one division a representation beside the
metadata division (CSIP105), the published rule files want one division named `Representations` that refers to all
groups of representations (CSIP103); we write both.

Source: METS 1.12; E-ARK CSIP 2.1.0, requirements CSIP1–CSIP119 (cited where a value is not obvious).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from signflow.archive.package import PremisAgent
from signflow.archive.premis import DescribedFile
from signflow.archive.xml_bytes import XSI, Element, add_child, new_root, set_attribute, xml_bytes, xml_instant

METS_NAME = "METS.xml"
CSIP_PROFILE = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
CONTENT_CATEGORY = "Textual works – Digital"
CONTENT_INFORMATION = "Swedish municipal minutes, signflow package 1"

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
_CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"


@dataclass(frozen=True, slots=True)
class MetadataFile:
    """A metadata file: `kind` is a METS metadata type (`DC`, `PREMIS`); any other kind is written as `OTHER`."""

    file: DescribedFile
    kind: str
    section: Literal["descriptive", "provenance"]


@dataclass(frozen=True, slots=True)
class FileGroup:
    """Files of one use.

    Attributes:
        use: The group's name in CSIP: `Documentation`, `Schemas`, `Data` or `Representations/<name>`.
        files: Its files; for a representation, its METS document alone.
    """

    use: str
    files: Sequence[DescribedFile]


@dataclass(frozen=True, slots=True)
class MetsContent:
    """What one METS document lists; the paths are relative to the folder it stands in.

    Attributes:
        object_id: The package's identifier, or the representation's name (CSIP1).
        label: For people.
        id_prefix: What every XML identifier begins with, so that they are unique in the package; a word.
        created_at: When the package was made, aware.
        software: The program that made it.
        metadata: The metadata files.
        groups: All other files.
    """

    object_id: str
    label: str
    id_prefix: str
    created_at: dt.datetime
    software: PremisAgent
    metadata: Sequence[MetadataFile]
    groups: Sequence[FileGroup]


def build_mets(content: MetsContent) -> bytes:
    """The METS document; valid against METS 1.12 with the CSIP 2.1 attributes."""
    root = new_root(METS, "mets", {None: METS, "xlink": XLINK, "csip": _CSIP, "xsi": XSI})
    set_attribute(root, "OBJID", content.object_id)
    set_attribute(root, "LABEL", content.label)
    set_attribute(root, "TYPE", CONTENT_CATEGORY)
    set_attribute(root, "PROFILE", CSIP_PROFILE)
    _set_content_information(root)
    _header(root, content)
    _metadata_sections(root, content)
    _file_section(root, content)
    _structure(root, content)
    return xml_bytes(root)


def _add(parent: Element, name: str, **attributes: str) -> Element:
    child = add_child(parent, METS, name)
    for key, value in attributes.items():
        set_attribute(child, key, value)
    return child


def _set_content_information(element: Element) -> None:
    """CSIP4, CSIP5, CSIP62, CSIP63: there is no E-ARK specification for minutes, so its name is ours."""
    set_attribute(element, "CONTENTINFORMATIONTYPE", "OTHER", _CSIP)
    set_attribute(element, "OTHERCONTENTINFORMATIONTYPE", CONTENT_INFORMATION, _CSIP)


def _header(root: Element, content: MetsContent) -> None:
    created = xml_instant(content.created_at)
    header = _add(root, "metsHdr", CREATEDATE=created, LASTMODDATE=created, RECORDSTATUS="NEW")
    set_attribute(header, "OAISPACKAGETYPE", "AIP", _CSIP)
    agent = _add(header, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    add_child(agent, METS, "name", content.software.name)
    note = add_child(agent, METS, "note", content.software.version or "unknown")
    set_attribute(note, "NOTETYPE", "SOFTWARE VERSION", _CSIP)


def _metadata_sections(root: Element, content: MetsContent) -> None:
    administrative: Element | None = None
    # METS wants every dmdSec before the amdSec.
    for number, entry in sorted(enumerate(content.metadata, start=1), key=lambda pair: pair[1].section):
        if entry.section == "descriptive":
            section = _add(root, "dmdSec")
        else:
            administrative = _add(root, "amdSec") if administrative is None else administrative
            section = _add(administrative, "digiprovMD")
        created = xml_instant(content.created_at)
        set_attribute(section, "ID", _metadata_id(content, number))
        set_attribute(section, "CREATED", created)
        set_attribute(section, "STATUS", "CURRENT")
        reference = _add(section, "mdRef", LOCTYPE="URL", CREATED=created, **_file_attributes(entry.file))
        if entry.kind in {"DC", "PREMIS"}:
            set_attribute(reference, "MDTYPE", entry.kind)
            set_attribute(reference, "MDTYPEVERSION", {"DC": "1.1", "PREMIS": "3.0"}[entry.kind])
        else:
            set_attribute(reference, "MDTYPE", "OTHER")
            set_attribute(reference, "OTHERMDTYPE", entry.kind)
        _set_location(reference, entry.file.path)


def _file_section(root: Element, content: MetsContent) -> None:
    section = _add(root, "fileSec", ID=f"{content.id_prefix}-files")
    number = 0
    for group_number, group in enumerate(content.groups, start=1):
        element = _add(section, "fileGrp", ID=_group_id(content, group_number), USE=group.use)
        # The published rules for CSIP63 ask this of every group, not only of those of representations.
        _set_content_information(element)
        for file in group.files:
            number += 1
            entry = _add(element, "file", ID=f"{content.id_prefix}-file-{number}", **_file_attributes(file))
            set_attribute(entry, "CREATED", xml_instant(content.created_at))
            _set_location(_add(entry, "FLocat", LOCTYPE="URL"), file.path)


def _structure(root: Element, content: MetsContent) -> None:
    prefix = content.id_prefix
    structure = _add(root, "structMap", ID=f"{prefix}-structure", TYPE="PHYSICAL", LABEL="CSIP")
    whole = _add(structure, "div", ID=f"{prefix}-div", LABEL=content.object_id)
    metadata = _add(whole, "div", ID=f"{prefix}-div-metadata", LABEL="Metadata")
    for attribute, section in (("DMDID", "descriptive"), ("ADMID", "provenance")):
        numbers = [number for number, entry in enumerate(content.metadata, start=1) if entry.section == section]
        if numbers:
            set_attribute(metadata, attribute, " ".join(_metadata_id(content, number) for number in numbers))
    representations = [
        (number, group)
        for number, group in enumerate(content.groups, start=1)
        if group.use.startswith("Representations/")
    ]
    for number, group in enumerate(content.groups, start=1):
        if (number, group) not in representations:
            division = _add(whole, "div", ID=f"{prefix}-div-{number}", LABEL=group.use)
            _add(division, "fptr", FILEID=_group_id(content, number))
    if representations:
        together = _add(whole, "div", ID=f"{prefix}-div-representations", LABEL="Representations")
        for number, _ in representations:
            _add(together, "fptr", FILEID=_group_id(content, number))
    for number, group in representations:
        division = _add(whole, "div", ID=f"{prefix}-div-{number}", LABEL=group.use)
        pointer = _add(division, "mptr", LOCTYPE="URL")
        _set_location(pointer, group.files[0].path)
        set_attribute(pointer, "title", _group_id(content, number), XLINK)


def _metadata_id(content: MetsContent, number: int) -> str:
    return f"{content.id_prefix}-metadata-{number}"


def _group_id(content: MetsContent, number: int) -> str:
    return f"{content.id_prefix}-group-{number}"


def _file_attributes(file: DescribedFile) -> dict[str, str]:
    return {
        "MIMETYPE": file.media_type,
        "SIZE": str(file.digests.size_bytes),
        "CHECKSUM": file.digests.sha512,
        "CHECKSUMTYPE": "SHA-512",
    }


def _set_location(element: Element, path: str) -> None:
    set_attribute(element, "type", "simple", XLINK)
    set_attribute(element, "href", quote(path), XLINK)
