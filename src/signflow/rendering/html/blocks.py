"""The blocks of the minutes as HTML: paragraphs, lists, tables, figures, notes, headings, decisions, labelled lines.

Every word of a block stands in its HTML, in order. A list's numbers are the author's own words, so the list draws none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import assert_never

from signflow.minutes.model import (
    Attendance,
    Block,
    Bullets,
    Decision,
    Fact,
    Figure,
    FrontPart,
    Grid,
    Minutes,
    Note,
    Paragraph,
    Subheading,
)
from signflow.minutes.recognition.labels import front_kind
from signflow.minutes.recognition.vocabulary import FrontKind
from signflow.rendering.html.images import image_element
from signflow.rendering.html.text import Notes, direction, element, escaped, inline, said
from signflow.texts import Texts

_TIMES = frozenset({FrontKind.TIME, FrontKind.TIME_AND_PLACE})


class BlockWriter:
    """Writes the blocks of one document in order: notes and tables are numbered as they come."""

    def __init__(self, minutes: Minutes, texts: Texts) -> None:
        self._minutes = minutes
        self._texts = texts
        blocks = (*minutes.front, *(block for item in minutes.items for block in item.blocks), *minutes.notes)
        labels = [block.label for block in blocks if isinstance(block, Note)]
        self._notes = Notes({label: number for number, label in reversed(list(enumerate(labels, 1)))})
        self._note_count = self._table_count = 0

    def blocks(self, blocks: Iterable[Block], *, level: int) -> str:
        """Blocks one after the other; headings in them are of that level, paragraphs where it is 0."""
        return "\n".join(self._block(block, level) for block in blocks)

    def front(self, parts: Iterable[FrontPart], *, level: int) -> str:
        """What stands before the items; labelled lines that follow each other are one list."""
        written: list[str] = []
        for is_fact, group in groupby(parts, key=lambda part: isinstance(part, Fact)):
            if is_fact:
                written.append(self.facts([part for part in group if isinstance(part, Fact)]))
                continue
            for part in group:
                if isinstance(part, Attendance):
                    written.append(self._attendance(part, level))
                elif not isinstance(part, Fact):
                    written.append(self._block(part, level))
        return "\n".join(written)

    def facts(self, facts: Sequence[Fact]) -> str:
        """Labelled lines."""
        pairs = (element("dt", escaped(fact.label)) + element("dd", self._value(fact)) for fact in facts)
        return element("dl", "\n".join(element("div", pair) for pair in pairs), class_="facts")

    def paragraph(self, paragraph: Paragraph) -> str:
        """Running text."""
        return element("p", inline(paragraph.spans, self._notes), dir=direction(paragraph.text))

    def heading(self, level: int, text: str) -> str:
        """A heading; a paragraph where the level is 0, nothing where there are no words."""
        if not text.strip():
            return ""
        return element(f"h{level}" if level else "p", escaped(text), dir=direction(text))

    def _value(self, fact: Fact) -> str:
        value = inline(fact.value.spans, self._notes)
        minutes = self._minutes
        if minutes.date is None or front_kind(fact.label) not in _TIMES:
            return value
        start = f"T{minutes.start:%H:%M}" if minutes.start else ""
        return element("time", value, datetime=f"{minutes.date.isoformat()}{start}")

    def _block(self, block: Block, level: int) -> str:
        match block:
            case Paragraph():
                written = self.paragraph(block)
            case Subheading():
                written = self.heading(level, block.text)
            case Bullets():
                written = self._bullets(block)
            case Grid():
                written = self._grid(block)
            case Figure():
                written = element("figure", image_element(block))
            case Note():
                written = self._note(block)
            case Decision():
                written = self._decision(block, level)
            case _:
                assert_never(block)
        return written

    def _bullets(self, bullets: Bullets) -> str:
        entries = "\n".join(
            element(
                "li",
                inline(entry.text.spans, self._notes) + "".join(map(self._bullets, entry.nested)),
                dir=direction(entry.text.text),
            )
            for entry in bullets.entries
        )
        if bullets.ordered:  # the role, for a list without markers is no list to some readers
            return element("ol", entries, class_="numbered", role="list")
        return element("ul", entries)

    def _decision(self, decision: Decision, level: int) -> str:
        texts = [inline(text.spans, self._notes) for text in decision.texts]
        if len(texts) > 1:
            told = element("ul", "\n".join(element("li", text) for text in texts), class_="plain", role="list")
        else:
            told = "".join(element("p", text) for text in texts)
        if decision.label:
            return element("section", self.heading(level, decision.label) + told, class_="decision")
        label = self._texts("copies.html.decision")
        return element("div", told, class_="decision", role="group", aria_label=label)

    def _note(self, note: Note) -> str:
        self._note_count += 1
        number = self._note_count
        text = f"{element('span', escaped(note.label), class_='label')} {inline(note.text.spans, self._notes)}"
        if self._notes.ids.get(note.label) == number and note.label in self._notes.references:
            name = self._texts("copies.html.back")
            text += " " + element("a", "↩", href=f"#ref-{number}-1", role="doc-backlink", aria_label=name)
        return element("aside", element("p", text), class_="note", role="doc-footnote", id=f"note-{number}")

    def _attendance(self, attendance: Attendance, level: int) -> str:
        head = self.heading(level, attendance.label)
        people, columns = attendance.people, attendance.columns
        if not people and not columns:
            return head
        names = [f"{person.lead} {person.name}".strip() for person in people]
        if not columns and not any(person.affiliation for person in people):
            entries = "\n".join(element("li", escaped(name), dir=direction(name)) for name in names)
            return head + element("ul", entries, class_="plain", role="list")
        rows = [self._people_head(columns)]
        for name, person in zip(names, people, strict=True):
            first = element("th", escaped(name), scope="row", dir=direction(name))
            second = element("td", escaped(person.affiliation), dir=direction(person.affiliation))
            rows.append(element("tr", first + second))
        return head + self._table(rows, "people")

    def _people_head(self, columns: Sequence[str]) -> str:
        """The author's headings; where there are none, ours for those who hear the table: whoever sees it needs none."""
        if columns:
            return element("tr", _head_cell(columns[0]) + _head_cell(" · ".join(columns[1:])))
        texts = self._texts
        unseen = (
            element("span", texts(f"pdf.attendance.{name}"), class_="unseen") for name in ("name", "organisation")
        )
        language = "" if texts.language == self._minutes.language else texts.language
        return element("tr", "".join(element("th", word, scope="col") for word in unseen), class_="bare", lang=language)

    def _grid(self, grid: Grid) -> str:
        count = max((len(row) for row in grid.rows), default=0)
        if not count:
            return ""
        rows: list[str] = []
        for index, row in enumerate(grid.rows):
            cells: list[str] = []
            for cell in row:
                text = inline(cell.spans, self._notes)
                is_head = grid.header and index == 0 and said(cell.spans).strip()
                cells.append(
                    element("th", text, scope="col", dir=direction(cell.text))
                    if is_head
                    else element("td", text, dir=direction(cell.text))
                )
            rows.append(element("tr", "".join(cells) + "<td></td>" * (count - len(row))))
        return self._table(rows, "grid")

    def _table(self, rows: Sequence[str], kind: str) -> str:
        """A table in a frame that scrolls where it is wider than the window, also from the keyboard."""
        self._table_count += 1
        name = self._texts("copies.html.table", number=self._table_count)
        table = element("table", "\n".join(rows), class_=kind)
        return element("div", table, class_="scroll", role="group", tabindex="0", aria_label=name)


def _head_cell(text: str) -> str:
    return element("th", escaped(text), scope="col") if text.strip() else "<td></td>"
