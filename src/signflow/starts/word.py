"""A fresh draft as a Word file: real headings, lists and tables with header rows, each blank a content control.

A click on a blank marks it whole, and what is typed replaces it in the style of the text around it.

Source: ECMA-376-1:2016, 17.5.2 (structured document tags), 17.4.78 (tblHeader), 17.3.2.20 (lang).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from signflow.minutes.blocks import BOLD_LINE, Heading, ListBlock, Row, SourceBlock, TableBlock, entry_rows, rows_of
from signflow.minutes.model import Span
from signflow.minutes.rules.blanks import BLANK
from signflow.texts import Language

_LOCALES: Mapping[Language, str] = {"sv": "sv-SE", "en": "en-GB"}
_PLACEHOLDER = "Placeholder Text"  # the name under which Word knows the style of its own blanks
_HEADINGS_PT = {1: 20, 2: 15, 3: 12}
_INK = RGBColor(0x1C, 0x21, 0x26)
_BLANK_INK = RGBColor(0x8A, 0x3B, 0x12)


def write_word(blocks: Iterable[SourceBlock], language: Language, title: str, made_at: dt.datetime) -> bytes:
    """The blocks as a .docx of A4 pages in that language."""
    document: Any = Document()
    _set_up(document, language)
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = title
    document.core_properties.language = _LOCALES[language]
    document.core_properties.created = document.core_properties.modified = made_at
    for block in blocks:
        _write_block(document, block)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _set_up(document: Any, language: Language) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(25)
    styles = document.styles
    styles["Normal"].font.name = "Calibri"
    styles["Normal"].font.size = Pt(11)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    for level, size_pt in _HEADINGS_PT.items():
        style = styles[f"Heading {level}"]
        style.font.size = Pt(size_pt)
        style.font.color.rgb = _INK
        style.paragraph_format.space_before = Pt(0 if level == 1 else 14)
        style.paragraph_format.space_after = Pt(4)
    blank = styles.add_style(_PLACEHOLDER, WD_STYLE_TYPE.CHARACTER)
    blank.font.color.rgb = _BLANK_INK
    for lang in styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), _LOCALES[language])


def _write_block(document: Any, block: SourceBlock) -> None:
    match block:
        case Heading() if block.level < BOLD_LINE:
            _write_row(document.add_paragraph(style=f"Heading {block.level}"), block.row)
        case ListBlock():
            style = "List Number" if block.ordered else "List Bullet"
            for entry in block.entries:
                for row in entry_rows(type(entry)("", entry.blocks)):
                    _write_row(document.add_paragraph(style=style), row)
        case TableBlock():
            _write_table(document, block)
        case _:
            for row in rows_of(block):
                _write_row(document.add_paragraph(), row)


def _write_table(document: Any, block: TableBlock) -> None:
    columns = max(len(cells) for cells in block.rows)
    table = document.add_table(rows=0, cols=columns, style="Table Grid")
    for number, cells in enumerate(block.rows):
        row = table.add_row()
        for cell, written in zip(cells, row.cells, strict=False):
            paragraph = written.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            _write_row(paragraph, cell, strong=number == 0)
        if number == 0:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 -- python-docx has no name for it
    document.add_paragraph().paragraph_format.space_after = Pt(0)  # Word joins tables that touch


def _write_row(paragraph: Any, row: Row, *, strong: bool = False) -> None:
    """The row's words; each blank in a content control."""
    for span in row.spans:
        style = Span("", span.strong or strong, span.emphasis)
        at = 0
        for blank in BLANK.finditer(span.text):
            _write_words(paragraph, style.saying(span.text[at : blank.start()]))
            _write_blank(paragraph, blank[0])
            at = blank.end()
        _write_words(paragraph, style.saying(span.text[at:]))


def _write_words(paragraph: Any, span: Span) -> None:
    if span.text:
        run = paragraph.add_run(span.text)
        run.bold, run.italic = span.strong or None, span.emphasis or None


def _write_blank(paragraph: Any, text: str) -> None:
    """A content control that shows the text until something is typed, and then is gone."""
    run = paragraph.add_run(text, style=_PLACEHOLDER)
    control, properties, content = (OxmlElement(f"w:{name}") for name in ("sdt", "sdtPr", "sdtContent"))
    for name in ("temporary", "showingPlcHdr", "text"):
        properties.append(OxmlElement(f"w:{name}"))
    control.append(properties)
    control.append(content)
    run._r.addprevious(control)  # noqa: SLF001 -- python-docx has no content controls
    content.append(run._r)  # noqa: SLF001 -- likewise
