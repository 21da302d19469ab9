"""What stands before the items: facts with their labels, and who was there, all in line with each other.

In a house with its labels beside, all labels stand in one column and what they introduce in another, a rule between each
two parts, as on the first page of printed minutes. In a house with its labels above, only the facts do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from signflow.minutes.model import Attendance, Fact, FrontPart, Minutes, Person, Span
from signflow.rendering.house.style import HouseStyle, Labels
from signflow.rendering.layout.blocks import BlockSetter
from signflow.rendering.layout.panels import pad
from signflow.rendering.layout.rows import Cell, Padding, rule_below, set_row
from signflow.rendering.layout.strips import Bar, Bookmark, Element, Strip
from signflow.rendering.type.faces import Face, Faces, runs_of

_GUTTER_PT = 16.0
_LABEL_SHARES = (0.2, 0.34)  # of the measure, the least and the most that the column of labels takes
_EDGE_SHARES = (0.2, 0.42)  # of the measure, where labels and names stand in one column
_NAME_SHARES = (0.3, 0.55)  # of the room beside it
_WORD_SHARE = 0.55  # the most for the sake of a long word
_APART = Padding(above=0.5, below=0.5)  # so that who reads the page by its looks takes people row by row
_RULED_PT = 3.0  # below the rule under a label
_PART_PT = 4.0  # inside a part, to the rules above and below it
_RULE_PT = 0.5
_LONGEST = 200  # characters that are measured: what is longer is wrapped anyway
_HEADINGS_APART = "\u00a0" * 4


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of the front stand.

    Attributes:
        value_pt: The left edge of what the facts say.
        people_pt: The left edge of the attendance lists.
        names_pt: How wide the names are, with the room after them.
    """

    value_pt: float
    people_pt: float
    names_pt: float


def front_columns(minutes: Minutes, style: HouseStyle, faces: Faces) -> Columns:
    """Columns as wide as what stands in them asks for, within reason, the same for the whole front."""
    is_beside = style.arrangement.labels is Labels.BESIDE
    labels = [
        part.label for part in minutes.front if isinstance(part, Fact) or (is_beside and isinstance(part, Attendance))
    ]
    names = [led_name(person) for part in minutes.front if isinstance(part, Attendance) for person in part.people]
    size, measure = style.body.size_pt, style.measure_pt
    if not is_beside:
        edge = _within([*labels, *names], faces.regular, size, measure, _EDGE_SHARES)
        return Columns(edge, 0.0, edge)
    value = _within(labels, faces.bold, size, measure, _LABEL_SHARES)
    return Columns(value, value, _within(names, faces.regular, size, measure - value, _NAME_SHARES))


def natural_pt(words: Iterable[str], face: Face, size_pt: float) -> float:
    """A column as wide as the widest of the words, with the room beside it."""
    return max((face.width(text[:_LONGEST], size_pt) for text in words), default=0.0) + _GUTTER_PT + 1.0


def _within(texts: Sequence[str], face: Face, size_pt: float, room: float, shares: tuple[float, float]) -> float:
    """A column of its natural width between these shares of the room; a little wider where a word asks for it."""
    natural = natural_pt(texts, face, size_pt)
    word = natural_pt((word for text in texts for word in text[:_LONGEST].split()), face, size_pt)
    return max(min(max(natural, room * shares[0]), room * shares[1]), min(word, room * _WORD_SHARE))


def led_name(person: Person) -> str:
    """The name, after what the author wrote before it."""
    return f"{person.lead} {person.name}" if person.lead else person.name


class FrontSetter:
    """Sets the parts of the front one after the other, among the blocks."""

    def __init__(self, root: Element, blocks: BlockSetter, style: HouseStyle, faces: Faces, columns: Columns) -> None:
        self._root = root
        self._blocks = blocks
        self._style = style
        self._faces = faces
        self._columns = columns
        self._is_beside = style.arrangement.labels is Labels.BESIDE

    def parts(self, parts: Iterable[FrontPart], *, level: int) -> None:
        """The parts in order; headings are of that level, 0 for paragraphs that look like headings."""
        facts: list[Fact] = []
        open_part = False
        for part in parts:
            if isinstance(part, Fact):
                facts.append(part)
                continue
            open_part = self._facts(facts, after_part=open_part) or open_part
            facts = []
            if isinstance(part, Attendance):
                self._attendance(part, level, after_part=open_part)
                open_part = True
            else:
                self._close(open_part)
                open_part = False
                self._blocks.block(part, level=level)
        self._close(self._facts(facts, after_part=open_part) or open_part)

    def _facts(self, facts: Sequence[Fact], *, after_part: bool) -> bool:
        """Labelled lines: a list of labels and bodies."""
        if not facts:
            return False
        rows = fact_rows(facts, self._root, self._style, self._faces, self._columns.value_pt, strong=self._is_beside)
        for index, row in enumerate(rows):
            if self._is_beside:
                self._append_part(row, after_part=after_part or bool(index))
            else:
                first = self._style.spacing.block_pt if after_part else self._style.spacing.paragraph_pt
                self._blocks.append(row, above=2.0 if index else first)
        return True

    def _attendance(self, attendance: Attendance, level: int, *, after_part: bool) -> None:
        style = self._style
        if not self._is_beside:
            self._blocks.heading(level, attendance.label, style.label, above=style.spacing.part_pt, colour=style.accent)
            people = _people(attendance, self._root, style, self._faces, self._columns)
            if people:
                pad(people, _RULED_PT, 0.0)
                people[0].bars.append(self._rule())
            self._blocks.strips += people
            return
        label: list[Strip] = []
        if attendance.label.strip():
            element = self._root.add(f"H{level}" if level else "P")
            runs = runs_of((Span(attendance.label),), self._faces, strong=True)
            cell = Cell(element, runs, 0.0, self._columns.value_pt - _GUTTER_PT, style.accent)
            label = set_row([cell], style.body, together=True)
            label[0].bookmark = Bookmark(attendance.label, level - 1) if level else None
        people = _people(attendance, self._root, style, self._faces, self._columns)
        self._append_part(_side_by_side(label, people), after_part=after_part)

    def _append_part(self, strips: list[Strip], *, after_part: bool) -> None:
        """A part under its rule."""
        if not strips:
            return
        pad(strips, _PART_PT, _PART_PT)
        strips[0].bars.append(self._rule())
        self._blocks.append(strips, above=0.0 if after_part else self._style.spacing.part_pt)

    def _rule(self) -> Bar:
        return Bar(0.0, 0.0, self._style.measure_pt, _RULE_PT, self._style.rule)

    def _close(self, is_open: bool) -> None:  # noqa: FBT001 -- whether there is anything to close
        """The rule under the last part."""
        if is_open and self._is_beside and self._blocks.strips:
            rule_below(self._blocks.strips[-1:], self._style.measure_pt, self._style.rule, _RULE_PT)


def fact_rows(  # noqa: PLR0913 -- what and where
    facts: Sequence[Fact],
    parent: Element,
    style: HouseStyle,
    faces: Faces,
    edge: float,
    *,
    strong: bool,
    x: float = 0.0,
) -> list[list[Strip]]:
    """A list of labels and what they say, a row each; a fact that says nothing has its label alone."""
    whole = parent.add("L", ListNumbering="/None")
    rows: list[list[Strip]] = []
    for fact in facts:
        entry = whole.add("LI")
        label = runs_of((Span(fact.label),), faces, strong=strong)
        cells = [Cell(entry.add("Lbl"), label, x, edge - _GUTTER_PT, style.accent if strong else style.quiet)]
        spans = fact.value.spans
        if spans:
            value = Cell(
                entry.add("LBody"), runs_of(spans, faces), x + edge, style.measure_pt - 2 * x - edge, style.ink
            )
            cells.append(value)
        rows.append(set_row(cells, style.body))
    return rows


def _people(attendance: Attendance, parent: Element, style: HouseStyle, faces: Faces, columns: Columns) -> list[Strip]:
    """The people as a table of names and affiliations as written, under the author's headings if any.

    Where nobody has an affiliation they are a list.
    """
    left, edge = columns.people_pt, columns.people_pt + columns.names_pt
    widths = (columns.names_pt - _GUTTER_PT, style.measure_pt - edge)
    rows: list[list[Strip]] = []
    if not any(person.affiliation for person in attendance.people) and not attendance.columns:
        whole = parent.add("L", ListNumbering="/None") if attendance.people else parent
        for person in attendance.people:
            runs = runs_of((Span(led_name(person)),), faces)
            cell = Cell(whole.add("LI").add("LBody"), runs, left, style.measure_pt - left, style.ink)
            rows.append(set_row([cell], style.body, _APART, together=True, least=1))
        return _joined(rows, header=False)
    table = parent.add("Table")
    if attendance.columns:
        above = (attendance.columns[0], _HEADINGS_APART.join(attendance.columns[1:]))
        row = table.add("TR")
        cells = [
            Cell(row.add("TH", Scope="/Column"), runs_of((Span(text),), faces), x, width, style.quiet)
            for text, x, width in zip(above, (left, edge), widths, strict=True)
        ]
        rows.append(set_row(cells, style.small, replace(_APART, below=1.0), together=True, least=1))
    for person in attendance.people:
        row = table.add("TR")
        name, affiliation = (runs_of((Span(text),), faces) for text in (led_name(person), person.affiliation))
        cells = [
            Cell(row.add("TH", Scope="/Row"), name, left, widths[0], style.ink),
            Cell(row.add("TD"), affiliation, edge, widths[1], style.ink),
        ]
        rows.append(set_row(cells, style.body, _APART, together=True, least=1))
    return _joined(rows, header=bool(attendance.columns))


def _joined(rows: Sequence[list[Strip]], *, header: bool) -> list[Strip]:
    """The rows in one; no single one is left alone at either end of a page, and headings are repeated."""
    for index, row in enumerate(rows):
        if header and index:
            for strip in row:
                strip.repeat = tuple(rows[0])
    for row in (rows[0], rows[-2]) if len(rows) > 1 else ():
        row[-1].keep = True
    return [strip for row in rows for strip in row]


def _side_by_side(label: Sequence[Strip], rows: Sequence[Strip]) -> list[Strip]:
    """The label's lines beside the first rows, on their baselines."""
    merged = list(rows)
    for index, strip in enumerate(label):
        if index >= len(merged):
            merged.append(strip)
            continue
        row = merged[index]
        baseline = row.texts[0].baseline if row.texts else strip.texts[0].baseline
        row.texts += [replace(text, baseline=baseline) for text in strip.texts]
        row.height = max(row.height, strip.height)
        row.bookmark = row.bookmark or strip.bookmark
    for strip in merged[: max(len(label) - 1, 0)]:
        strip.keep = True
    return merged
