"""Bytes → the draft's lines, decoded, in NFC, without characters that a reader cannot see.

Procedure, each step ending the reading where it must:
1. Refuse what is empty, too large or a file of another kind.
2. Decode: byte order mark, else UTF-8, else Windows-1252 with a note.
3. Remove invisible characters, saying so; bring the rest to NFC.
4. Refuse lines that no minutes hold.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding

MAX_DRAFT_BYTES = 20_000_000
MAX_TEXT_CHARACTERS = 1_000_000
MAX_LINES = 50_000
MAX_LINE_CHARACTERS = 20_000

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FORMATS = {
    ".odt": "OpenDocument",
    ".rtf": "RTF",
    ".pdf": "PDF",
    ".html": "HTML",
    ".htm": "HTML",
    ".xlsx": "Excel",
    ".pages": "Pages",
}
_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"{\\rtf", "RTF"),
)
_LINE_ENDS = re.compile(r"\r\n?|\n")
_OTHER_BREAKS = re.compile("[\v\f\x1c-\x1f\x85\u2028\u2029]")
_UNICODE_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_OVERRIDES = re.compile("[\u202d\u202e]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_TEXT_BYTES_FOR_A_CONTROL_BYTE = 50
_SOFT_HYPHEN = "\u00ad"
_GARBLED = re.compile("Ã[¥¤¶…„–©]|â€[“”™œ]|\ufffd")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The draft's lines, `lines[0]` being line 1; None where the draft cannot be read, which the findings explain."""

    lines: tuple[str, ...] | None
    findings: tuple[Finding, ...]


def is_package(data: bytes) -> bool:
    """Whether the bytes are a Word document's to read: a zip file, or a container of older Office programs."""
    return data.startswith((ZIP_MAGIC, OLE_MAGIC))


def decode_draft(data: bytes, filename: str) -> Decoded:
    """The lines of the draft: NFC, each at most `MAX_LINE_CHARACTERS`, no control characters but tabs. Never raises."""
    refusal = _refuse_file(data, filename)
    if refusal:
        return Decoded(None, (refusal,))
    try:
        text, note = _decode(data)
    except _UndecodableError as error:
        return Decoded(None, (error.finding,))
    findings = [note] if note else []
    raw_lines = _LINE_ENDS.split(text)
    refusal = _refuse_size(text, raw_lines)
    if refusal:
        return Decoded(None, (*findings, refusal))
    lines = tuple(clean_line(line, number, findings.append) for number, line in enumerate(raw_lines, 1))
    refusals = _refuse_lines(lines)
    return Decoded(None if refusals else lines, (*findings, *refusals))


def _refuse_file(data: bytes, filename: str) -> Finding | None:
    if not data.strip():
        return remark("draft-empty")
    if len(data) > MAX_DRAFT_BYTES:
        return too_large(len(data), MAX_DRAFT_BYTES)
    extension = "." + filename.rpartition(".")[2].strip().lower()
    opening = data[:200].lstrip().lower()
    found = _FORMATS.get(extension) or next((kind for magic, kind in _SIGNATURES if data.startswith(magic)), None)
    if found is None and opening.startswith((b"<!doctype html", b"<html")):
        found = "HTML"
    return remark("draft-format", format=found) if found else None


def too_large(size: int, limit: int) -> Finding:
    """What is said of a draft that has more than is read."""
    return remark("draft-too-large", size=grouped(size), limit=grouped(limit))


def grouped(number: int) -> str:
    """The number with its thousands apart: `20 000 000`."""
    return f"{number:,}".replace(",", " ")


def _refuse_size(text: str, lines: list[str]) -> Finding | None:
    if len(text) > MAX_TEXT_CHARACTERS:
        return too_large(len(text), MAX_TEXT_CHARACTERS)
    return too_large(len(lines), MAX_LINES) if len(lines) > MAX_LINES else None


class _UndecodableError(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def _decode(data: bytes) -> tuple[str, Finding | None]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16", "UTF-16"), None
    if b"\x00" in data:
        raise _UndecodableError(remark("draft-binary"))
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        position = error.start
    control_bytes = sum(data.count(bytes([code])) for code in range(0x20) if code not in b"\t\n\r\v\f")
    if control_bytes * _TEXT_BYTES_FOR_A_CONTROL_BYTE > len(data):
        raise _UndecodableError(remark("draft-binary"))
    return _strictly(data, "windows-1252", "UTF-8, Windows-1252"), remark("encoding-guessed", _line_at(data, position))


def _strictly(data: bytes, codec: str, tried: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        finding = remark("draft-undecodable", _line_at(data, error.start), encoding=tried, position=str(error.start))
        raise _UndecodableError(finding) from error


def _line_at(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def clean_line(line: str, number: int, report: Callable[[Finding], None]) -> str:
    """The line in NFC, without characters that a reader cannot see; what was wrong with it is reported."""
    if line.isascii() and (line.isprintable() or line.replace("\t", "").isprintable()):
        return line
    if _OVERRIDES.search(line):
        report(remark("direction-override", number, _INVISIBLE.sub("", line)))
    found = _INVISIBLE.findall(line)
    if found:
        line = _INVISIBLE.sub("", line)
        names = sorted({f"U+{ord(character):04X}" for character in found if character not in "\u202d\u202e"})
        if names:
            report(remark("control-characters", number, line, characters=", ".join(names[:8])))
    if _GARBLED.search(line):
        report(remark("garbled-text", number, line))
    line = _UNICODE_SPACES.sub(" ", _OTHER_BREAKS.sub(" ", line)).replace(_SOFT_HYPHEN, "")
    return unicodedata.normalize("NFC", line)


def _refuse_lines(lines: tuple[str, ...]) -> list[Finding]:
    if not any(line.strip() for line in lines):
        return [remark("draft-empty")]
    long_lines = [number for number, line in enumerate(lines, 1) if len(line) > MAX_LINE_CHARACTERS]
    if long_lines:
        limit = str(MAX_LINE_CHARACTERS)
        return [remark("line-too-long", number, lines[number - 1][:40], limit=limit) for number in long_lines]
    return []
