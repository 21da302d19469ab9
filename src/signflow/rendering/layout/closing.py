"""The closing block: who signs, in the draft's order of words, with a box for each signature and for the seal.

1. The draft's lines become elements in the draft's order, whatever stands beside what on paper.
2. Each place to sign is a row, its words at the left and the box at the right; or the places stand side by side, each box
   below its words, where the draft has columns and where many sign under one label.
3. A copy without fields says who signed, and has no boxes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from signflow.minutes.model import SignOffEntry, Span
from signflow.rendering.house.style import Colour, HouseStyle
from signflow.rendering.layout.fields import STAMP_HEIGHT_PT, STAMP_WIDTH_PT, SignatureField
from signflow.rendering.layout.panels import pad
from signflow.rendering.layout.pen_lines import pen_free
from signflow.rendering.layout.places import Group, Kind, group_places
from signflow.rendering.layout.rows import Cell, Padding, set_row
from signflow.rendering.layout.strips import Bar, Box, Element, Strip, Text
from signflow.rendering.type.faces import Faces, Run, runs_of
from signflow.rendering.type.lines import break_lines

_BESIDE = 2
_APART = Padding(above=0.5, below=0.5)  # so that who reads the page by its looks takes places line by line
_PADDING_PT = 8.0  # inside a row, above and below
_BESIDE_BOX_PT = 18.0
_ABOVE_BOX_PT = 4.0
_CAPTION_PT = 2.0
_BETWEEN_PT = 14.0  # rows of places that stand side by side
_BELOW_LEAD_PT = 3.0
_RULE_PT = 0.5
# Of the measure, where so many columns begin: of a copy without fields, and of lines that are nobody's.
_SHARES = {1: (0.0,), 2: (0.0, 0.5), 3: (0.0, 0.27, 0.68), 4: (0.0, 0.25, 0.5, 0.75)}
_HIGHEST_SHARE = 0.4  # of a page, up to which a place is never parted


def set_closing(
    entries: Sequence[SignOffEntry], fields: Sequence[SignatureField], parent: Element, style: HouseStyle, faces: Faces
) -> list[Strip]:
    """The closing block with all fields: those of the names in it, then those of others who sign, then the seal."""
    return _Closing(fields, parent, style, faces).strips(entries)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the block."""

    element: Element
    runs: tuple[Run, ...]
    colour: Colour
    kind: Kind
    at: int  # the draft's line


@dataclass(frozen=True, slots=True)
class _Seat:
    """The lines of a place, and the field that is signed there, if there is one, with its element."""

    lines: tuple[_Line, ...]
    form: Element | None


class _Closing:
    def __init__(self, fields: Sequence[SignatureField], parent: Element, style: HouseStyle, faces: Faces) -> None:
        self._people = [field for field in fields if field.role is not None]
        self._seals = [field for field in fields if field.role is None]
        self._has_boxes = bool(fields)
        self._parent = parent
        self._style = style
        self._faces = faces
        self._edge = style.measure_pt - STAMP_WIDTH_PT

    def strips(self, entries: Sequence[SignOffEntry]) -> list[Strip]:
        entries = [entry for entry in entries if any(map(str.isalnum, pen_free(entry.text)))]
        has_roles = any(entry.is_label and entry.role for entry in entries)
        shared = Counter(entry.line for entry in entries)
        kinds = [self._kind(entry, has_roles=has_roles, is_alone=shared[entry.line] == 1) for entry in entries]
        strips: list[Strip] = []
        is_beside = False
        nobodys: list[_Line] = []
        for group in group_places(kinds):
            lead, seats = self._elements(group, entries, kinds)
            if not seats:
                nobodys += lead
                continue
            strips += self._nobodys(nobodys)
            nobodys = []
            is_beside = group.is_beside
            if self._has_boxes:
                strips += self._group(lead, seats, is_beside=is_beside)
            else:
                strips += self._quiet_group(lead, seats)
        strips += self._nobodys(nobodys)
        for field in self._people.copy():
            name = self._line(SignOffEntry(field.person, is_label=False, role=field.role, line=0), Kind.NAME)
            strips += self._seats([_Seat((name,), self._form(field))], is_beside=is_beside)
        for field in self._seals:
            if strips:
                strips[-1].keep = True  # a page with nothing but a seal on it would seal nothing
            strips += self._seats([_Seat((), self._form(field))], is_beside=is_beside)
        return strips

    def _kind(self, entry: SignOffEntry, *, has_roles: bool, is_alone: bool) -> Kind:
        if entry.is_label and has_roles and not entry.role:
            return Kind.HEADING if is_alone else Kind.OTHER
        if entry.is_label:
            return Kind.LABEL
        named = entry.role is not None or any(_is_named(entry.text, field.person) for field in self._people)
        return Kind.NAME if named else Kind.OTHER

    def _elements(
        self, group: Group, entries: Sequence[SignOffEntry], kinds: Sequence[Kind]
    ) -> tuple[list[_Line], list[_Seat]]:
        """The group's lines in the draft's order, each place's field after the last of its lines."""
        lines: dict[int, _Line] = {}
        forms: dict[int, Element | None] = {}
        ends = {place.lines[-1]: place for place in group.places}
        for position in sorted((*group.lead, *(line for place in group.places for line in place.lines))):
            lines[position] = self._line(entries[position], kinds[position])
            if position in ends:
                field = self._take(entries[ends[position].name])
                forms[position] = self._form(field) if field else None
        seats = [_Seat(tuple(lines[line] for line in place.lines), forms[place.lines[-1]]) for place in group.places]
        return [lines[line] for line in group.lead], seats

    def _line(self, entry: SignOffEntry, kind: Kind) -> _Line:
        is_strong = kind in {Kind.NAME, Kind.HEADING}
        runs = runs_of((Span(pen_free(entry.text)),), self._faces, strong=is_strong)
        colours = {Kind.NAME: self._style.ink, Kind.HEADING: self._style.accent}
        return _Line(self._parent.add("P"), runs, colours.get(kind, self._style.quiet), kind, entry.line)

    def _form(self, field: SignatureField) -> Element:
        form = self._parent.add("Form")
        form.signature = field
        return form

    def _take(self, entry: SignOffEntry) -> SignatureField | None:
        """The field of the person named there, taken out of those that wait for their place."""
        found = [field for field in self._people if _is_named(entry.text, field.person)]
        found.sort(key=lambda field: field.role is not entry.role)
        if not found:
            return None
        self._people.remove(found[0])
        return found[0]

    def _group(self, lead: Sequence[_Line], seats: Sequence[_Seat], *, is_beside: bool) -> list[Strip]:
        strips = [strip for line in lead for strip in self._lead(line, is_kept=True)]
        if lead:
            pad(strips, _PADDING_PT, 0.0)
            strips[0].space = 0.0
            strips[0].bars.append(self._rule())
        together = _BESIDE if is_beside else 1
        for at in range(0, len(seats), together):
            row = self._seats(seats[at : at + together], is_beside=is_beside)
            if lead and not at:
                row[0].space = _BELOW_LEAD_PT
            strips += row
        return strips

    def _quiet_group(self, lead: Sequence[_Line], seats: Sequence[_Seat]) -> list[Strip]:
        """Who signed: label, name and further lines beside each other, a rule above each label."""
        first = replace(seats[0], lines=(*lead, *seats[0].lines))
        return [strip for seat in (first, *seats[1:]) for strip in self._quiet(seat)]

    def _nobodys(self, lines: Sequence[_Line]) -> list[Strip]:
        """Lines that belong to no place; those of one line of the draft, such as a table's headings, beside each other."""
        strips: list[Strip] = []
        for _, row in groupby(lines, key=lambda line: line.at):
            columns = list(row)
            if len(columns) not in _SHARES:
                strips += [strip for line in columns for strip in self._lead(line, is_kept=False)]
                continue
            measure = self._style.measure_pt
            edges = [measure * share for share in _SHARES[len(columns)]]
            cells = [
                Cell(line.element, line.runs, left, right - left - _BESIDE_BOX_PT, line.colour)
                for line, (left, right) in zip(columns, pairwise([*edges, measure + _BESIDE_BOX_PT]), strict=True)
            ]
            rows = set_row(cells, self._style.body, _APART)
            rows[0].space = _PADDING_PT
            rows[-1].keep = rows[-1].keep or any(line.kind is Kind.HEADING for line in columns)
            strips += rows
        return strips

    def _lead(self, line: _Line, *, is_kept: bool) -> list[Strip]:
        """A line that everybody after it shares."""
        strips = self._words([line], 0.0, self._style.measure_pt)
        strips[0].space = _PADDING_PT
        strips[-1].keep = strips[-1].keep or is_kept
        return strips

    def _rule(self) -> Bar:
        return Bar(0.0, 0.0, self._style.measure_pt, _RULE_PT, self._style.rule)

    def _words(self, lines: Sequence[_Line], x: float, width: float) -> list[Strip]:
        return [
            strip
            for line in lines
            for strip in set_row([Cell(line.element, line.runs, x, width, line.colour)], self._style.body, _APART)
        ]

    def _seats(self, seats: Sequence[_Seat], *, is_beside: bool) -> list[Strip]:
        """Places as one strip that no page break parts; where the words are too many for that, above the boxes."""
        xs = [index * self._edge for index in range(len(seats))] if is_beside else [0.0]
        width = STAMP_WIDTH_PT if is_beside else self._edge - _BESIDE_BOX_PT
        words = [self._words(seat.lines, x, width) for seat, x in zip(seats, xs, strict=True)]
        depth = max(sum(strip.height for strip in column) for column in words)
        whole = Strip(0.0 if is_beside else _PADDING_PT)
        before: list[Strip] = []
        if depth > self._style.depth_pt * _HIGHEST_SHARE:
            before = [strip for column in words for strip in column]
            before[-1].keep = True
            top, bottom = whole.height, whole.height
        else:
            _stand(whole, words)
            bottom = whole.height + depth
            top = bottom + _ABOVE_BOX_PT if is_beside else whole.height
        for seat, x in zip(seats, xs, strict=True):
            if seat.form:
                bottom = max(bottom, self._box(whole, seat.form, x if is_beside else self._edge, top))
        whole.height = bottom if is_beside else bottom + _PADDING_PT
        strips = [*before, whole]
        if is_beside:
            strips[0].space = _BETWEEN_PT
        else:
            strips[0].bars.append(self._rule())
        return strips

    def _box(self, strip: Strip, form: Element, x: float, y: float) -> float:
        """A signature box with its caption; how far down it reaches."""
        style = self._style
        bottom = y + STAMP_HEIGHT_PT
        strip.bars.append(Bar(x, y, STAMP_WIDTH_PT, STAMP_HEIGHT_PT, style.tint))
        strip.bars.append(Bar(x, bottom - 0.6, STAMP_WIDTH_PT, 0.6, style.quiet))
        baseline = bottom + _CAPTION_PT + style.small.size_pt
        label = form.signature.label if form.signature else ""
        caption = Text(form, x, baseline, self._caption(label), style.small.size_pt, style.quiet)
        strip.boxes.append(Box(form, x, y, caption))
        return bottom + _CAPTION_PT + style.small.leading_pt

    def _caption(self, label: str) -> tuple[Run, ...]:
        """As many of the label's words as fit under the box."""
        size = self._style.small.size_pt
        broken = break_lines(runs_of((Span(label),), self._faces), size, STAMP_WIDTH_PT - size)
        if not broken:
            return ()
        return broken[0].runs if len(broken) == 1 else (*broken[0].runs, Run(self._faces.regular, "…"))

    def _quiet(self, seat: _Seat) -> list[Strip]:
        style = self._style
        edges = [*(style.measure_pt * share for share in _SHARES[3]), style.measure_pt + _BESIDE_BOX_PT]
        kinds = [Kind.LABEL, Kind.NAME, Kind.OTHER]
        if seat.lines[0].kind is Kind.NAME and any(line.kind is Kind.LABEL for line in seat.lines):
            kinds = [Kind.NAME, Kind.LABEL, Kind.OTHER]
        columns = [
            self._words([line for line in seat.lines if line.kind is kind], left, right - left - _BESIDE_BOX_PT)
            for kind, (left, right) in zip(kinds, pairwise(edges), strict=True)
        ]
        depth = max(sum(strip.height for strip in column) for column in columns)
        if depth > style.depth_pt * _HIGHEST_SHARE:
            return self._words(seat.lines, 0.0, style.measure_pt)
        strip = Strip(_PADDING_PT / 2)
        if columns[0]:
            strip.bars.append(self._rule())
        _stand(strip, columns)
        strip.height += depth + _PADDING_PT / 2
        return [strip]


def _stand(strip: Strip, columns: Sequence[Sequence[Strip]]) -> None:
    """Put the columns' texts below what the strip has, beside each other."""
    for column in columns:
        down = strip.height
        for one in column:
            strip.texts += [replace(text, baseline=text.baseline + down) for text in one.texts]
            down += one.height


def _is_named(text: str, person: str) -> bool:
    """Whether the line is that person's name, with or without what stands after a name (`Anna Ek (S)`)."""
    line, name = _folded(text), _folded(person)
    before, found, after = line.partition(name) if name else ("", "", "")  # `och Siri Damm (S)`
    return bool(found) and not before[-1:].isalnum() and not after[:1].isalnum()


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
