"""What a drawing in a Word document holds: images with what they say, text boxes, and what cannot be taken in.

Source: ISO/IEC 29500-1, 20.4 (placement), 20.1.8.13 (blip); 29500-4, 19 (VML).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Figure
from signflow.minutes.word.package import Package, Related
from signflow.minutes.word.xml import (
    DECORATIVE,
    DRAWING,
    OFFICE,
    PICTURE,
    PLACED,
    RELATED,
    VML,
    Element,
    preferred,
    w,
    whole_number,
)

_EMU_PER_PT = 12_700
_WIDEST_PT = 2_000
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x01\0\0\0", "EMF"),
    (b"\xd7\xcd\xc6\x9a", "WMF"),
    (b"<svg", "SVG"),
    (b"<?xml", "SVG"),
)
_TAKEN = ("PNG", "JPEG")
_OBJECTS = {
    "chart": "chart",
    "chartex": "chart",
    "diagram": "diagram",
    "ole": "object",
}
_COMPOSED = ("wordprocessingCanvas", "wordprocessingGroup")
_VML_WIDTH = re.compile(r"(?:^|;)\s*width:\s*([0-9.]{1,12})(pt|in|cm|mm|px)", re.IGNORECASE)
_PT_PER_UNIT = {"pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "px": 0.75}


@dataclass(slots=True)
class Drawn:
    """What a drawing holds, in order; boxes are the elements whose children are paragraphs and tables."""

    line: int

    figures: list[Figure] = field(default_factory=list[Figure])
    boxes: list[Element] = field(default_factory=list[Element])
    findings: list[Finding] = field(default_factory=list[Finding])


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is known of the image that an element belongs to."""

    alternative: str = ""
    decorative: bool = False
    width_pt: float | None = None


def read_drawing(drawing: Element, related: Mapping[str, Related], package: Package, line: int) -> Drawn:
    """What the drawing, VML picture or embedded object holds.

    Raises:
        UnreadableError: An image is damaged or too large.
    """
    drawn = Drawn(line)
    if drawing.tag == w("object"):
        drawn.findings.append(remark("object-left-out", line, kind="object"))
        return drawn
    composed: _Frame | None = None
    stack: list[tuple[Iterator[Element], _Frame]] = [(iter((drawing,)), _Frame())]
    while stack:
        children, frame = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            continue
        if child.tag == w("txbxContent"):
            drawn.boxes.append(child)
            continue
        if child.tag in (DRAWING + "blip", VML + "imagedata"):
            _add_image(child, frame, drawn, related, package)
        elif child.tag == DRAWING + "graphicData":
            what = child.get("uri", "").rpartition("/")[2]
            if what in _OBJECTS:
                drawn.findings.append(remark("object-left-out", line, frame.alternative, kind=_OBJECTS[what]))
                continue
            composed = frame if what in _COMPOSED else composed
        elif child.tag == w("contentPart"):
            drawn.findings.append(remark("object-left-out", line, kind="ink"))
        stack.append((preferred(child), _frame(child, frame)))
    # a line or a box alone is decoration; what is put together of several says something
    if composed and not (composed.decorative or drawn.figures or drawn.boxes or drawn.findings):
        drawn.findings.append(remark("object-left-out", line, composed.alternative, kind="drawing"))
    return drawn


def _frame(element: Element, frame: _Frame) -> _Frame:
    tag = element.tag
    if tag in (PLACED + "inline", PLACED + "anchor"):
        extent = element.find(PLACED + "extent")
        emu = whole_number(None if extent is None else extent.get("cx"))
        return _described(element.find(PLACED + "docPr"), _Frame(width_pt=_plausible(emu / _EMU_PER_PT if emu else 0)))
    if tag == PICTURE + "pic":
        return _described(element.find(f"{PICTURE}nvPicPr/{PICTURE}cNvPr"), frame)
    if tag in (VML + "shape", VML + "rect"):
        width = _VML_WIDTH.search(element.get("style", ""))
        number, _, rest = width[1].partition(".") if width else ("", "", "")
        written = f"{number or 0}.{rest}" if rest.isdecimal() or not rest else "0"
        width_pt = float(written) * _PT_PER_UNIT[width[2].lower()] if width else 0
        return _Frame(" ".join(element.get("alt", "").split()), width_pt=_plausible(width_pt))
    return frame


def _described(properties: Element | None, frame: _Frame) -> _Frame:
    """The frame with what the properties of a picture say; those of the whole drawing hold where they say nothing."""
    if properties is None:
        return frame
    said = properties.get("descr", "") or properties.get("title", "")
    marks = (one.get("val", "0") for one in properties.iter(DECORATIVE))
    decorative = frame.decorative or any(mark in ("1", "true") for mark in marks)
    return _Frame(frame.alternative or " ".join(said.split()), decorative, frame.width_pt)


def _plausible(width_pt: float) -> float | None:
    return round(width_pt, 2) if 0 < width_pt <= _WIDEST_PT else None


def _add_image(element: Element, frame: _Frame, drawn: Drawn, related: Mapping[str, Related], package: Package) -> None:
    line = drawn.line
    embedded = related.get(element.get(RELATED + "embed") or element.get(RELATED + "id") or "")
    linked = related.get(element.get(RELATED + "link") or element.get(RELATED + "href") or "")
    source = embedded or linked
    if source is None:
        if element.attrib:
            drawn.findings.append(remark("image-unreadable", line, frame.alternative, format="?"))
        return
    if source.external:
        drawn.findings.append(remark("image-remote", line, source.target))
        return
    data = package.image(source.target)
    form = _format_of(data or b"") or source.target.rpartition(".")[2].upper()[:8]
    if data is None or form not in _TAKEN:
        drawn.findings.append(remark("image-unreadable", line, frame.alternative, format=form))
        return
    alternative = "" if frame.decorative else frame.alternative or " ".join(element.get(OFFICE + "title", "").split())
    if not alternative and not frame.decorative:
        drawn.findings.append(remark("image-without-alternative", line))
    drawn.figures.append(Figure(data, alternative, frame.decorative, line, frame.width_pt))


def _format_of(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    return next((form for magic, form in _MAGIC if data.startswith(magic)), "")
