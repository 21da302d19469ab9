"""A document of the set as somebody writes it in Word; habits differ by its seed.

Headings by style, with English or Swedish style identifiers, or as bold lines; item numbers typed or made by Word; facts
as lines or as a table; attendance with tabs or as a table.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import docx
from document_script import (
    Block,
    Closing,
    Entry,
    Fact,
    Footnote,
    Heading,
    Listing,
    People,
    Picture,
    Piece,
    Pieces,
    Script,
    Table,
    Text,
)
from docx.enum.text import WD_COLOR_INDEX
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from lxml import etree

_DECORATIVE = (
    '<a:ext xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">'
    '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext>'
)
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_SWEDISH = {"Title": "Rubrik", "Heading 1": "Rubrik1", "Heading 2": "Rubrik2", "Heading 3": "Rubrik3"}


def as_word(script: Script) -> bytes:
    """The draft's bytes."""
    return _Writer(script).written()


@dataclass
class _Writer:
    script: Script
    document: Any = field(default_factory=docx.Document)
    notes: dict[str, Pieces] = field(default_factory=dict[str, Pieces])

    def __post_init__(self) -> None:
        habit = self.script.seed // 2 % 4
        self.bold_headings = habit == 3
        self.numbers_by_word = habit == 1
        self.facts_in_table = self.script.seed % 3 == 2
        if habit >= 1:
            for name, identifier in _SWEDISH.items():
                self.document.styles[name].element.set(qn("w:styleId"), identifier)

    def written(self) -> bytes:
        blocks = list(self.script.blocks)
        self.notes = {block.label: block.pieces for block in blocks if isinstance(block, Footnote)}
        at = 0
        while at < len(blocks):
            facts = self._facts_from(blocks[at:])
            if self.facts_in_table and len(facts) > 1:
                self._grid([(fact.label, fact.pieces[0].text) for fact in facts])
                at += len(facts)
                continue
            self._block(blocks[at])
            at += 1
        if self.notes:
            self._write_notes()
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()

    def _facts_from(self, blocks: Sequence[Block]) -> list[Fact]:
        facts: list[Fact] = []
        for block in blocks:
            if not isinstance(block, Fact) or len(block.pieces) > 1:
                break
            facts.append(block)
        return facts

    def _block(self, block: Block) -> None:
        write: Mapping[type, Callable[[Any], None]] = {
            Heading: self._heading,
            Text: lambda text: self._pieces(self.document.add_paragraph(), text.pieces),
            Fact: self._fact,
            People: self._people,
            Listing: self._listing,
            Table: lambda table: self._grid(table.rows),
            Picture: self._picture,
            Closing: self._closing,
            Footnote: lambda _: None,  # stands at its reference
        }
        write[type(block)](block)

    def _fact(self, fact: Fact) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.add_run(f"{fact.label}:").bold = True
        paragraph.add_run(" ")
        self._pieces(paragraph, fact.pieces)

    def _closing(self, closing: Closing) -> None:
        for line in closing.lines:
            self.document.add_paragraph(line)

    def _heading(self, heading: Heading) -> None:
        numbered = bool(heading.label) and self.numbers_by_word
        text = heading.text if numbered else f"{heading.label} {heading.text}".strip()
        if self.bold_headings and heading.rank > 1:
            self.document.add_paragraph().add_run(text).bold = True
            return
        style = "Title" if heading.rank == 1 else f"Heading {heading.rank - 1}"
        paragraph = self.document.add_paragraph(text, style=self.document.styles[style])
        if numbered:
            self._numbered(paragraph, heading.label)

    def _numbered(self, paragraph: Any, label: str) -> None:
        """Word counts: the number is in no text, only in how the list of the headings is defined."""
        if not hasattr(self, "heading_list"):
            figures = "".join(filter(str.isdecimal, label))
            self.heading_list = self._list((label.replace(figures, "%1"),), int(figures), "decimal")
        _set_numbering(paragraph, self.heading_list, 0)

    def _list(self, levels: Sequence[str], start: int, kind: str) -> int:
        numbering = self.document.part.numbering_part.element
        identifier = 100 + len(numbering)
        written = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for level, text in enumerate(levels)
        )
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{identifier}">'
            f'<w:multiLevelType w:val="multilevel"/>{written}</w:abstractNum>'
        )
        numbering.insert(0, abstract)
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{identifier}"><w:abstractNumId w:val="{identifier}"/></w:num>')
        )
        return identifier

    def _listing(self, listing: Listing, level: int = 0) -> None:
        kind, text = ("decimal", f"%{level + 1}.") if listing.ordered else ("bullet", "•")
        identifier = self._list((text,) * (level + 1), 1, kind)
        for entry in listing.entries:
            self._entry(entry, identifier, level)

    def _entry(self, entry: Entry, identifier: int, level: int) -> None:
        paragraph = self.document.add_paragraph(style=self.document.styles["List Paragraph"])
        _set_numbering(paragraph, identifier, level)
        self._pieces(paragraph, entry.pieces)
        if entry.nested:
            self._listing(entry.nested, level + 1)

    def _people(self, people: People) -> None:
        self.document.add_paragraph().add_run(people.label).bold = True
        if people.how == "table":
            self._grid((people.columns, *people.rows))
            return
        for row in people.rows:
            self.document.add_paragraph(f"{row[0]}\t{', '.join(filter(None, row[1:]))}")

    def _grid(self, rows: Sequence[Sequence[str]]) -> None:
        table = self.document.add_table(len(rows), len(rows[0]))
        for written, row in zip(table.rows, rows, strict=True):
            for cell, text in zip(written.cells, row, strict=True):
                cell.paragraphs[0].add_run(text)
        self.document.add_paragraph()  # Word makes one table of two that follow each other

    def _picture(self, picture: Picture) -> None:
        shape = self.document.add_picture(io.BytesIO(picture.data), width=Pt(picture.width_pt))
        properties = shape._inline.docPr
        if picture.alternative:
            properties.set("descr", picture.alternative)
        else:
            extensions = parse_xml(
                f'<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{_DECORATIVE}</a:extLst>'
            )
            properties.append(extensions)

    def _pieces(self, paragraph: Any, pieces: Pieces) -> None:
        for piece in pieces:
            if piece.note:
                self._refer(paragraph, piece.text)
            elif piece.link:
                self._link(paragraph, piece)
            else:
                self._run(paragraph.add_run(piece.text), piece)

    def _run(self, run: Any, piece: Piece) -> None:
        run.bold, run.italic = piece.strong or None, piece.emphasis or None
        if piece.masked:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        if piece.language:
            run._r.get_or_add_rPr().append(parse_xml(f'<w:lang {nsdecls("w")} w:val="{piece.language}"/>'))

    def _link(self, paragraph: Any, piece: Piece) -> None:
        relation = self.document.part.relate_to(piece.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = parse_xml(f'<w:hyperlink {nsdecls("w", "r")} r:id="{relation}"/>')
        link.append(paragraph.add_run(piece.text)._r)
        paragraph._p.append(link)

    def _refer(self, paragraph: Any, label: str) -> None:
        paragraph.add_run()._r.append(parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="{label}"/>'))

    def _write_notes(self) -> None:
        root = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}/>")
        for identifier, kind in ((-1, "separator"), (0, "continuationSeparator")):
            root.append(
                parse_xml(
                    f'<w:footnote {nsdecls("w")} w:type="{kind}" w:id="{identifier}">'
                    f"<w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>"
                )
            )
        for label, pieces in self.notes.items():
            note = parse_xml(
                f'<w:footnote {nsdecls("w")} w:id="{label}"><w:p><w:r><w:footnoteRef/></w:r></w:p></w:footnote>'
            )
            for piece in pieces:
                run = parse_xml(f'<w:r {nsdecls("w")}><w:t xml:space="preserve"/></w:r>')
                run[0].text = f" {piece.text}" if piece is pieces[0] else piece.text
                note[0].append(run)
            root.append(note)
        part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES, etree.tostring(root), self.document.part.package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _set_numbering(paragraph: Any, identifier: int, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = identifier
