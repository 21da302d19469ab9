"""A file from outside → the parts of a Word document, opened without trusting anything it says of itself.

Nothing is written to disk, nothing outside the file is fetched, no entity is expanded, and what is unpacked is counted
while it is unpacked.

Procedure of `open_package`:
1. Refuse containers that are encrypted or of the binary format.
2. Refuse a package with too many parts, too large by its own account, or with names that no Word document has.
3. Refuse macros, and packages of other programs.
4. Parts are unpacked when they are asked for, each once, until the package's budget is used.

Source: ISO/IEC 29500-2 (packages); PKWARE APPNOTE 6.3 (zip).
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # lxml ships without types

from signflow.minutes.catalogue import remark
from signflow.minutes.decoding import OLE_MAGIC, grouped
from signflow.minutes.findings import Finding
from signflow.minutes.word.xml import STRICT_NAMES, Element

MAX_PARTS = 5_000
MAX_XML_BYTES = 40_000_000
MAX_IMAGE_BYTES = 60_000_000
MAX_PACKAGE_BYTES = 200_000_000  # by the package's own account, those parts included that are never read
_MAX_MARKS = 1_500_000  # brackets and attributes in the XML that is read: a tree takes some hundred bytes for each
_DOCUMENT = "/officeDocument"
_WORD_TYPES = ("wordprocessingml.document.main+xml", "wordprocessingml.template.main+xml")
_OTHER_PROGRAMS = (("spreadsheetml", "Excel"), ("presentationml", "PowerPoint"), ("visio", "Visio"))
_BINARY_PROGRAMS = (
    ("WordDocument", "Word 97–2003"),
    ("Workbook", "Excel 97–2003"),
    ("PowerPoint", "PowerPoint 97–2003"),
)
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    EOFError,
    NotImplementedError,
    OverflowError,
    OSError,
    RuntimeError,
)


class UnreadableError(Exception):
    """The draft cannot be read; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Related:
    """What a part refers to: a part of the package by its name, or an address outside it."""

    kind: str
    target: str
    external: bool


class Package:
    """An opened package. Part names are compared without regard to case, as the standard wants.

    All methods raise `UnreadableError` where a part is damaged or the budget is used.
    """

    def __init__(self, archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._infos = infos
        self._xml_left = MAX_XML_BYTES
        self._marks_left = _MAX_MARKS
        self._images_left = MAX_IMAGE_BYTES
        self._images: dict[str, bytes] = {}
        self.main = ""

    def xml(self, name: str) -> Element | None:
        """The root of a part; None where there is no such part."""
        info = self._infos.get(name.lower())
        if info is None:
            return None
        data = self._unpacked(info, self._xml_left, MAX_XML_BYTES)
        self._xml_left -= len(data)
        self._marks_left -= data.count(b"<") + data.count(b"=")
        if self._marks_left < 0:
            raise UnreadableError(_unpacks_too_large(_MAX_MARKS - self._marks_left, _MAX_MARKS))
        return _parsed(data, info.filename)

    def image(self, name: str) -> bytes | None:
        """The bytes of a part; None where there is no such part."""
        info = self._infos.get(name.lower())
        if info is None:
            return None
        if info.filename not in self._images:
            data = self._unpacked(info, self._images_left, MAX_IMAGE_BYTES)
            self._images_left -= len(data)
            self._images[info.filename] = data
        return self._images[info.filename]

    def related(self, name: str) -> dict[str, Related]:
        """What a part refers to, by identifier."""
        folder, _, base = name.rpartition("/")
        root = self.xml(posixpath.join(folder, "_rels", base + ".rels"))
        found: dict[str, Related] = {}
        for one in () if root is None else root.iter(_RELATIONSHIP):
            external = one.get("TargetMode") == "External"
            target = one.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[one.get("Id", "")] = Related(one.get("Type", ""), target, external)
        return found

    def _unpacked(self, info: zipfile.ZipInfo, left: int, limit: int) -> bytes:
        if info.file_size > left:
            raise UnreadableError(_unpacks_too_large(limit - left + info.file_size, limit))
        try:
            with self._archive.open(info) as part:
                return part.read()  # at most as much as the entry declares, else its check sum is wrong
        except _ZIP_FAULTS as error:
            raise UnreadableError(remark("draft-damaged", part=info.filename)) from error


def open_package(data: bytes) -> Package:
    """The package in those bytes.

    Raises:
        UnreadableError: It is no Word document, or one that is not read.
    """
    if data.startswith(OLE_MAGIC):
        raise UnreadableError(_refuse_container(data))
    if data.count(b"PK\x01\x02") > MAX_PARTS:
        raise UnreadableError(_unpacks_too_large(data.count(b"PK\x01\x02"), MAX_PARTS))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except _ZIP_FAULTS as error:
        raise UnreadableError(remark("draft-damaged", part="ZIP")) from error
    package = Package(archive, _by_name(entries))
    names = {info.filename for info in entries}
    types = package.xml("[Content_Types].xml")
    if types is None:
        found = "OpenDocument" if {"mimetype", "content.xml"} <= names else "ZIP"
        raise UnreadableError(remark("draft-format", format=found))
    package.main = next((one.target for one in package.related("").values() if one.kind.endswith(_DOCUMENT)), "")
    _refuse_program(types, names, package.main)
    return package


def _refuse_container(data: bytes) -> Finding:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return remark("draft-encrypted")
    program = next((program for name, program in _BINARY_PROGRAMS if name.encode("utf-16-le") in data), "OLE")
    return remark("draft-format", format=program)


def _by_name(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    infos: dict[str, zipfile.ZipInfo] = {}
    for info in entries:
        name = info.filename.replace("\\", "/")
        leads_out = name.startswith("/") or ".." in name.split("/")
        packed_oddly = info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if info.flag_bits & 1:
            raise UnreadableError(remark("draft-encrypted"))
        if leads_out or packed_oddly or name.lower() in infos:
            raise UnreadableError(remark("draft-damaged", part=info.filename))
        infos[name.lower()] = info
    declared = sum(info.file_size for info in entries)
    if declared > MAX_PACKAGE_BYTES:
        raise UnreadableError(_unpacks_too_large(declared, MAX_PACKAGE_BYTES))
    return infos


def _refuse_program(types: Element, names: set[str], main: str) -> None:
    main_type = next(
        (
            one.get("ContentType", "")
            for one in types.iter(_OVERRIDE)
            if one.get("PartName", "").lower() == f"/{main}".lower()
        ),
        "",
    )
    kinds = " ".join([main_type, *(one.get("ContentType", "") for one in types)])
    if (
        "macroEnabled" in kinds
        or "vbaProject" in kinds
        or any(name.lower().endswith("vbaproject.bin") for name in names)
    ):
        raise UnreadableError(remark("draft-macros"))
    if not main_type.endswith(_WORD_TYPES):
        program = next((program for mark, program in _OTHER_PROGRAMS if mark in kinds), "ZIP")
        raise UnreadableError(remark("draft-format", format=program))


def _unpacks_too_large(size: int, limit: int) -> Finding:
    return remark("draft-unpacks-too-large", size=grouped(size), limit=grouped(limit))


def _parsed(data: bytes, name: str) -> Element:
    """The root of a document in UTF-8 or UTF-16; a document type is refused, and with it every entity."""
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"<!DOCTYPE" in data.replace(b"\0", b"") if is_utf16 else b"<!DOCTYPE" in data:
        raise UnreadableError(remark("draft-damaged", part=name))
    if b"purl.oclc.org" in data:
        for strict, usual in STRICT_NAMES:
            data = data.replace(strict, usual)
    parser = etree.XMLParser(
        encoding=None if is_utf16 else "utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(remark("draft-damaged", part=name)) from error
