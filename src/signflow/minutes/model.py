"""What a document says: the minutes of one meeting, as immutable values in the order in which they were written.

The order of `front`, `items` and `sign_off` is the draft's, and every text holds the draft's own words: a renderer that
draws them in sequence loses and moves none. What the rules need beside the words (the date as a date, who is who) are
fields of their own. Every part knows the line (1-based) of the draft where it stands.

Vocabulary: Kommunallagen (2017:725) 5:65–69, in the English names of `docs/vocabulary.md`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from signflow.texts import Language


class MinutesClass(StrEnum):
    """Which rules apply."""

    NOTES = "notes"  # minnesanteckningar: no statutory deadline
    PROTOCOL = "protocol"  # protokoll: statutory minutes of a municipal body, KL 5:65


class Role(StrEnum):
    """In which capacity a person signs."""

    SECRETARY = "secretary"  # "Vid anteckningarna", "Vid protokollet"
    CHAIR = "chair"  # "Ordförande"
    ADJUSTER = "adjuster"  # "Justerat", "Justerare"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. The text is NFC and holds no line breaks and no control characters.

    Attributes:
        text: The words.
        strong: Set in bold.
        emphasis: Set in italics.
        link: Where the words lead (`https:`, `http:` or `mailto:`); empty for nearly all.
        language: BCP 47, where the passage is in another language than the minutes; else empty.
        masked: Marked by the secretary (`==…==`, Word's highlighter): shown in what is signed, masked in the web copy.
        note: A reference: the text is the label of a `Note`.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    link: str = ""
    language: str = ""
    masked: bool = False
    note: bool = False

    def saying(self, text: str) -> Span:
        """The same style with other words."""
        if text == self.text:
            return self  # most words stay as they are
        return Span(text, self.strong, self.emphasis, self.link, self.language, self.masked, self.note)

    def looks_like(self, other: Span) -> bool:
        """Whether both are in one style, so that they can be one span."""
        return (
            self.strong is other.strong
            and self.emphasis is other.emphasis
            and self.masked is other.masked
            and self.note is other.note
            and self.link == other.link
            and self.language == other.language
        )


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    spans: tuple[Span, ...]
    line: int

    @property
    def text(self) -> str:
        """The words without their style."""
        return self.spans[0].text if len(self.spans) == 1 else "".join([span.text for span in self.spans])


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry of a list, and the lists inside it."""

    text: Paragraph
    nested: tuple[Bullets, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list as the author wrote it. `ordered` keeps the author's numbers, which are part of the entries' text."""

    entries: tuple[ListEntry, ...]
    ordered: bool
    line: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A real table; `rows[0]` is the header row where `header` says so. Rows may differ in length."""

    rows: tuple[tuple[Paragraph, ...], ...]
    header: bool
    line: int


@dataclass(frozen=True, slots=True)
class Figure:
    """An image.

    Attributes:
        image: PNG or JPEG as the draft holds it; a renderer decodes it with limits.
        alternative: What the image says, for whoever cannot see it; empty only for decoration.
        decorative: The author says that it carries no meaning.
        line: Where it stands.
        width_pt: How wide the author made it; None where the draft does not say.
    """

    image: bytes
    alternative: str
    decorative: bool
    line: int
    width_pt: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote, where the author wrote it; in Word, after the block that refers to it."""

    label: str
    text: Paragraph
    line: int


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading inside an item, or between parts of the front matter."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Decision:
    """The operative text of an item.

    Attributes:
        label: The author's label, such as `Beslut`; None where the text needs none.
        texts: The decisions, one paragraph each, and so is each entry of a list in one; empty is a finding.
    """

    label: str | None
    texts: tuple[Paragraph, ...]
    line: int


Block = Paragraph | Bullets | Grid | Figure | Note | Subheading | Decision


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled line before the items: `Tid`, `Plats`, `Diarienummer`, … The label is as written, without colon."""

    label: str
    value: Paragraph
    line: int


@dataclass(frozen=True, slots=True)
class Person:
    """A row of an attendance list.

    Attributes:
        name: As written.
        affiliation: What stands after the name, words and punctuation as written (`Södertälje, ordförande`); may be empty.
        organisation: The affiliation without the role.
        role: The meeting's word for the person's part (`ordförande`, `sekreterare`); empty for most.
        line: Where the row stands.
        lead: What the author wrote before the name: a list's number (`1.`), `och` before the last of several; mostly empty.
    """

    name: str
    affiliation: str
    organisation: str
    role: str
    line: int
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Attendance:
    """An attendance list under its label (`Deltagare`, `Frånvarande`, `Närvarande`, …).

    `columns` are the headings of its columns where the author made a table with such; mostly empty.
    """

    label: str
    people: tuple[Person, ...]
    absent: bool
    line: int
    columns: tuple[str, ...] = ()


FrontPart = Fact | Attendance | Paragraph | Subheading | Bullets | Grid | Figure | Note


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered matter.

    Attributes:
        number: As a number; None where the author gave none.
        label: The number as written, such as `1.` or `§ 94`; empty where there is none.
        title: The heading's words after the label.
        level: The heading level in the draft, 1–6; readers lay headings out by rank, not by this.
        blocks: What stands under the heading, in order.
        line: Where the heading stands.
    """

    number: int | None
    label: str
    title: str
    level: int
    blocks: tuple[Block, ...]
    line: int

    @property
    def decisions(self) -> tuple[Paragraph, ...]:
        """All decision texts of the item, in order."""
        return tuple(text for block in self.blocks if isinstance(block, Decision) for text in block.texts)


@dataclass(frozen=True, slots=True)
class SignOffEntry:
    """A line of the closing block: a label (`Vid anteckningarna`) or the name of the person who signs under it.

    A line that is neither (a date, a range of items) has `is_label` false and no role.
    """

    text: str
    is_label: bool
    role: Role | None
    line: int


@dataclass(frozen=True, slots=True)
class ItemRange:
    """Items from the first to the last, both included (`Paragrafer 94–99`)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Signatory:
    """A person whom the minutes appoint to sign, and in which capacity.

    `covers` are the items that the signature is for, where the closing block says so; empty means all.
    """

    name: str
    role: Role
    line: int
    covers: tuple[ItemRange, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """The proof of notice (anslagsbevis) after the closing block of a PROTOCOL: its heading, and its lines in order."""

    label: str
    parts: tuple[Fact | Paragraph, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of one meeting.

    Attributes:
        minutes_class: Which rules apply.
        language: What the draft is written in.
        title: The document's title as written.
        title_line: Where it stands.
        body: The body that met, from the title (`Södertörnskommunernas ledningsgrupp`).
        date: The day of the meeting; None is a finding.
        start: When it began, local time; None where the draft does not say.
        end: When it ended.
        place: Where it was held; empty where the draft does not say.
        front: What stands before the first item, in order, without the title. Parts on a line before `title_line`
            (a letterhead) come before the title: see `before_title`. Parts after a closing block that stands before the
            items come after it: see `after_signatures`.
        items: The matters, in order.
        sign_off: The closing block, in order; empty is a finding.
        signatories: Who signs, in signing order: secretary, then chair where the chair signs, then adjusters.
        chair: Who led the meeting, from the attendance list or the closing block; empty if unknown.
        notice: The proof of notice; it stands after the closing block, wherever that stands.
        notes: Notes that the author wrote after everything else, as in Markdown many do.
    """

    minutes_class: MinutesClass
    language: Language
    title: str
    title_line: int
    body: str
    date: dt.date | None
    start: dt.time | None
    end: dt.time | None
    place: str
    front: tuple[FrontPart, ...]
    items: tuple[Item, ...]
    sign_off: tuple[SignOffEntry, ...]
    signatories: tuple[Signatory, ...]
    chair: str
    notice: Notice | None = None
    notes: tuple[Note, ...] = ()

    @property
    def signs_first(self) -> bool:
        """Whether the closing block stands before the items, as on the first page of much statutory minutes."""
        return bool(self.sign_off and self.items) and self.sign_off[0].line < self.items[0].line

    @property
    def before_title(self) -> tuple[FrontPart, ...]:
        """What the author wrote above the title; mostly nothing."""
        return tuple(part for part in self.front if self.title and part.line < self.title_line)

    @property
    def after_title(self) -> tuple[FrontPart, ...]:
        """What stands between the title and the first item, or the closing block where that comes first."""
        return self.front[len(self.before_title) : len(self.front) - len(self.after_signatures)]

    @property
    def after_signatures(self) -> tuple[FrontPart, ...]:
        """Of the front, what stands after the closing block and the notice; mostly nothing."""
        return tuple(part for part in self.front if self.signs_first and part.line > self.sign_off[0].line)

    @property
    def participants(self) -> tuple[Person, ...]:
        """Who was present, in order."""
        return self._people(absent=False)

    @property
    def absent(self) -> tuple[Person, ...]:
        """Who was noted as absent, in order."""
        return self._people(absent=True)

    def named(self, role: Role) -> tuple[str, ...]:
        """The names of those who sign in that capacity."""
        return tuple(signatory.name for signatory in self.signatories if signatory.role is role)

    def _people(self, *, absent: bool) -> tuple[Person, ...]:
        lists = (part for part in self.front if isinstance(part, Attendance) and part.absent is absent)
        return tuple(person for attendance in lists for person in attendance.people)
