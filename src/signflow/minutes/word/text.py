"""What the text of a Word document is read into, and what goes on from paragraph to paragraph."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from signflow.minutes.blocks import Row
from signflow.minutes.catalogue import remark
from signflow.minutes.decoding import MAX_TEXT_CHARACTERS, too_large
from signflow.minutes.findings import Finding
from signflow.minutes.model import Figure
from signflow.minutes.word.changes import Revision
from signflow.minutes.word.fields import Fields
from signflow.minutes.word.numbering import written_number
from signflow.minutes.word.package import Related, UnreadableError
from signflow.minutes.word.parts import Parts
from signflow.minutes.word.runs import RunLook, run_look
from signflow.minutes.word.styles import Style
from signflow.minutes.word.xml import Element, toggle, w


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paragraph stands: its number, and what the part that it is in refers to."""

    line: int
    related: Mapping[str, Related]


@dataclass(frozen=True, slots=True)
class Around:
    """What holds where a piece of text stands.

    Attributes:
        revision: The tracked change that it belongs to.
        taken_out: Whether a tracked change takes it out of the text.
        placeholder: Whether it only asks to be filled in.
        address: Where it leads.
        look: Of the run.
    """

    revision: Revision | None = None
    taken_out: bool = False
    placeholder: bool = False
    address: str = ""
    look: RunLook = field(default_factory=RunLook)


@dataclass(frozen=True, slots=True)
class NoteReference:
    """A reference to a note: its label as shown, and the element that holds what it says."""

    label: str
    kind: str
    element: Element


@dataclass(slots=True)
class ParagraphText:
    """What a paragraph holds.

    Attributes:
        rows: At least one; those without words are empty lines of the author's.
        first_figures: Images before any word.
        figures: The others.
        boxes: Elements whose children are the paragraphs of text boxes.
        notes: In the order of their references.
    """

    rows: list[Row] = field(default_factory=list[Row])
    first_figures: list[Figure] = field(default_factory=list[Figure])
    figures: list[Figure] = field(default_factory=list[Figure])
    boxes: list[Element] = field(default_factory=list[Element])
    notes: list[NoteReference] = field(default_factory=list[NoteReference])

    @property
    def text(self) -> str:
        """The words in one line."""
        return " ".join(row.text for row in self.rows if row.spans)


class TextState:
    """What goes on from one paragraph of a document to the next: fields, the numbers of notes, how much has been read."""

    def __init__(self, parts: Parts, report: Callable[[Finding], None]) -> None:
        self.parts = parts
        self.fields = Fields()
        self.report = report
        self.commented: set[str] = set()
        self._characters = 0
        self._plain: dict[Style, RunLook] = {}
        self._noted = {kind: itertools.count(source.start) for kind, source in parts.notes.items()}

    def report_unfinished(self) -> None:
        """Report words that a field without end hides."""
        for line, words in self.fields.unfinished():
            self.report(remark("hidden-text", line, words))

    def spend(self, characters: int) -> None:
        """Count what has been read.

        Raises:
            UnreadableError: It is more than a draft may have.
        """
        self._characters += characters
        if self._characters > MAX_TEXT_CHARACTERS:
            raise UnreadableError(too_large(self._characters, MAX_TEXT_CHARACTERS))

    def plain_look(self, style: Style) -> RunLook:
        """The look of runs that have no properties of their own."""
        look = self._plain.get(style)
        if look is None:
            look = self._plain[style] = run_look(None, style, self.parts.styles)
        return look

    def next_label(self, kind: str) -> str:
        """The label of the next note of that kind."""
        return written_number(next(self._noted[kind]), self.parts.notes[kind].form)


def shows_placeholder(control: Element) -> bool:
    """Whether a content control shows the words that ask for it to be filled in."""
    return toggle(control.find(w("sdtPr")), "showingPlcHdr") or False
