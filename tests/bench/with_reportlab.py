"""The text by ReportLab's own document templates and paragraphs, without tags."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table
from same_text import BOTTOM_PT, FACES, LEFT_PT, RIGHT_PT, TOP_PT, Part, parts_of

from signflow.minutes.model import Minutes


class BareReportLab:
    """ReportLab with its fonts kept."""

    def __init__(self, folder: Path) -> None:
        for name in FACES:
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
        body = ParagraphStyle("p", fontName="figo", fontSize=10, leading=15.5, spaceAfter=6)
        self._styles = {
            "p": body,
            "h1": ParagraphStyle("h1", body, fontName="figbo", fontSize=21, leading=27),
            "h2": ParagraphStyle("h2", body, fontName="figbo", fontSize=13, leading=18, spaceBefore=20, keepWithNext=1),
            "h3": ParagraphStyle("h3", body, fontName="figbo", keepWithNext=1),
            "decision": ParagraphStyle("decision", body, leftIndent=13),
        }

    def prepared(self, minutes: Minutes) -> Callable[[], bytes]:
        """What makes the PDF."""
        parts = list(parts_of(minutes))
        return lambda: self._built(parts, minutes.title)

    def _built(self, parts: list[Part], title: str) -> bytes:
        file = io.BytesIO()
        margins = {"topMargin": TOP_PT, "bottomMargin": BOTTOM_PT, "leftMargin": LEFT_PT, "rightMargin": RIGHT_PT}
        template = SimpleDocTemplate(file, pagesize=A4, title=title, initialFontName="figo", **margins)
        template.build([self._flowable(part) for part in parts], onFirstPage=_around, onLaterPages=_around)
        return file.getvalue()

    def _flowable(self, part: Part) -> Flowable:
        if part.kind == "rows":
            return Table(part.rows, repeatRows=1, style=[("FONTNAME", (0, 0), (-1, -1), "figo")])
        return Paragraph(escape(part.text), self._styles[part.kind])


def _around(canvas: Any, template: Any) -> None:
    canvas.setFont("figo", 7.5)
    canvas.drawString(LEFT_PT, A4[1] - 40, "Södertörnskommunerna")
    canvas.drawRightString(A4[0] - RIGHT_PT, 40, f"Sida {template.page}")
