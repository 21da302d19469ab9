"""Minutes made up for the tests of the rendering: many that differ, from a seed, without a reader in between."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from collections.abc import Iterable, Iterator, Sequence

from PIL import Image

from signflow.minutes.model import (
    Attendance,
    Block,
    Bullets,
    Decision,
    Fact,
    Figure,
    FrontPart,
    Grid,
    Item,
    ListEntry,
    Minutes,
    MinutesClass,
    Note,
    Paragraph,
    Person,
    Role,
    SignOffEntry,
    Span,
    Subheading,
)
from signflow.rendering.layout.fields import SignatureField
from signflow.rendering.reading import Node
from signflow.texts import Language

AT = dt.datetime(2020, 1, 17, 9, 30, tzinfo=dt.UTC)
NAMES = (
    "Anna Söderström",
    "Helene Olofsson",
    "Áile Čáppa Ŋŋárgga",
    "Đorđe Šimić-Žunić",
    "Máhtte Ŧuolljá",
    "Łukasz Brzęczyszczykiewicz",
    "Nguyễn Thị Hồng Hạnh",
    "Δημήτρης Παπαδόπουλος",
    "Ольга Щербакова",
    "Väinö Yrjö Äkäslompolo",
    "Jean-Éric d'Ærøskøbing",
)
_WORDS = [
    "ledningsgruppen",
    "kommunerna",
    "diskuterade",
    "för-",
    "och",
    "nackdelar",
    "enligt",
    "§",
    "94",
    "kl.",
    "15.15–16.00",
    "av",
    "en",
    "oktober",
    "(2019)",
    "och",
    "/",
    "norrortskommunernas",
    "samordnad",
    "upphandling,",
    "beslutsmening;",
    "verktyget",
    "kostar",
    "1",
    "250",
    "000",
    "kr",
    "–",
    "se",
    "bilaga",
    "3",
    "«översikt»",
    "Kemi",
    "Łódź",
    "Kraków",
    "Đà",
    "Nẵng",
    "Αθήνα",
    "Москва",
    "Guovdageaidnu",
    "áššit",
    "čuoldda",
    "ŋ",
    "ŧ",
    "ž",
    "Jyväskylä",
    "Þingvellir",
    "upphandlingssamordningen",
    "verksamhetsområdets",
    "informationssäkerhetsarbete",
    "kallad שרה Levi",  # between letters from left to right, so that the direction of digits and signs is beyond doubt
    "kallad سمير Haddad",
]
_INSIDE_A_LINE = frozenset({"", "Span", "Link"})
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # some readers mark where the direction changes
_PARTED = re.compile(r"\u00ad\s*")  # a hyphen of ours at the end of a line


def paragraph(text: str, line: int = 1) -> Paragraph:
    return Paragraph((Span(text),), line)


def drawn(seed: int, *, items: int = 4, language: Language = "sv") -> Minutes:
    """Minutes that no other seed gives."""
    return _Drawing(random.Random(seed), language).minutes(items)  # noqa: S311 - no secret, the same each time


def fields_for(minutes: Minutes) -> tuple[SignatureField, ...]:
    """A field for each name in the closing block, and the seal."""
    names = [entry.text for entry in minutes.sign_off if not entry.is_label and not entry.text[0].isdigit()]
    people = [
        SignatureField(f"Signature{index}", Role.ADJUSTER if index else Role.SECRETARY, name, f"Underskrift, {name}")
        for index, name in enumerate(names)
    ]
    return (*people, SignatureField("Seal", None, "Södertörnskommunerna", "Sigill, Södertörnskommunerna"))


def words_of(minutes: Minutes) -> list[str]:
    """Every word of the minutes, in the model's order."""
    return " ".join(_texts(minutes)).split()


def whole(text: str) -> str:
    """What was extracted, with the words that a line's end parted whole again."""
    return _PARTED.sub("", _DIRECTIONS.sub("", text))


def said(nodes: Iterable[Node]) -> str:
    """What is read aloud; elements inside a line stand as close as they are written."""
    return "".join(map(_said, nodes))


def _said(node: Node) -> str:
    if node.tag == "Reference":
        return node.text + said(node.children).strip()
    if node.tag in _INSIDE_A_LINE:
        return node.text + said(node.children)
    return f" {node.text} {said(node.children)} "


def png(width: int = 60, height: int = 30, mode: str = "RGB", colour: str | int = "teal") -> bytes:
    """An image of one colour."""
    packed = io.BytesIO()
    Image.new(mode, (width, height), colour).save(packed, "PNG")
    return packed.getvalue()


def in_order(words: Sequence[str], said: Iterable[str]) -> str | None:
    """The first of the words that is not said in its place; None where all are, whatever stands between."""
    left = iter(said)
    return next((word for word in words if not any(word == other for other in left)), None)


def _texts(minutes: Minutes) -> Iterator[str]:
    yield from _front_texts(minutes.before_title)
    yield minutes.title
    yield from _front_texts(minutes.after_title)
    for item in minutes.items:
        yield f"{item.label} {item.title}"
        for block in item.blocks:
            yield from _block_texts(block)
    yield from (entry.text for entry in minutes.sign_off)
    for note in minutes.notes:
        yield from _block_texts(note)


def _front_texts(parts: Sequence[FrontPart]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Fact):
            yield part.label
            yield part.value.text
        elif isinstance(part, Attendance):
            yield part.label
            yield from part.columns
            for person in part.people:
                yield f"{person.lead} {person.name} {person.affiliation}"
        else:
            yield from _block_texts(part)


def _block_texts(block: Block) -> Iterator[str]:
    match block:
        case Paragraph() | Subheading():
            yield block.text
        case Bullets():
            for entry in block.entries:
                yield entry.text.text
                for inner in entry.nested:
                    yield from _block_texts(inner)
        case Note():
            yield f"{block.label} {block.text.text}"
        case Figure():
            pass
        case Grid():
            yield from (cell.text for row in block.rows for cell in row)
        case Decision():
            yield block.label or ""
            yield from (text.text for text in block.texts)


class _Drawing:
    def __init__(self, chance: random.Random, language: Language) -> None:
        self._chance = chance
        self._language: Language = language
        self._line = 0
        self._last_notes: list[Note] = []

    def minutes(self, items: int) -> Minutes:
        chance = self._chance
        protocol = chance.random() < 0.5
        first, second = chance.sample(NAMES, 2)
        labels = ("Vid protokollet", "Justeras") if protocol else ("Vid anteckningarna", "Justerat")
        closing = [(labels[0], True), (labels[1], True), (first, False), (second, False)]
        if protocol:
            closing = [closing[0], closing[2], closing[1], closing[3]]
        letterhead = tuple(self._letterhead()) if chance.random() < 0.3 else ()
        title_line = self._next()
        closing.append(("2020-01-17", False))
        return Minutes(
            minutes_class=MinutesClass.PROTOCOL if protocol else MinutesClass.NOTES,
            language=self._language,
            title=f"{'Protokoll' if protocol else 'Minnesanteckningar'} från {self._words(3, 8)}, {chance.randint(1, 40)}",
            title_line=title_line,
            body=self._words(2, 12),
            date=dt.date(2020, 1, 16),
            start=dt.time(15, 15),
            end=None,
            place="",
            front=(*letterhead, *self._front()),
            items=tuple(self._item(number) for number in range(1, items + 1)),
            sign_off=tuple(SignOffEntry(text, is_label, None, self._next()) for text, is_label in closing),
            signatories=(),
            chair="",
            notes=tuple(self._last_notes),
        )

    def _next(self) -> int:
        self._line += 1
        return self._line

    def _words(self, least: int, most: int) -> str:
        return " ".join(self._chance.choices(_WORDS, k=self._chance.randint(least, most)))

    def _paragraph(self, least: int = 3, most: int = 70) -> Paragraph:
        spans: list[Span] = []
        for _ in range(self._chance.randint(1, 3)):
            strong, emphasis = self._chance.random() < 0.2, self._chance.random() < 0.2
            spans.append(Span(("" if not spans else " ") + self._words(least, most), strong=strong, emphasis=emphasis))
        return Paragraph(tuple(spans), self._next())

    def _letterhead(self) -> Iterator[FrontPart]:
        yield Subheading(self._words(1, 4), self._next())
        yield Fact("Datum", self._paragraph(1, 3), self._next())
        yield Attendance("Närvarande", (Person(NAMES[0], "", "", "", self._next()),), absent=False, line=self._next())

    def _front(self) -> Iterator[FrontPart]:
        yield Fact("Tid", self._paragraph(3, 20), self._next())
        yield Fact("Diarienummer och ärendemening", self._paragraph(1, 4), self._next())
        if self._chance.random() < 0.5:
            yield self._paragraph()
        for label, absent in (("Deltagare", False), ("Frånvarande", True)):
            people = [
                Person(name, self._words(0, 3), "", "", self._next(), self._chance.choice(("", "", "3.", "och")))
                for name in self._chance.choices(NAMES, k=self._chance.randint(0, 12))
            ]
            columns = tuple(self._words(1, 2) for _ in range(self._chance.choice((0, 0, 1, 2, 3))))
            yield Attendance(label, tuple(people), absent, self._next(), columns)
        if self._chance.random() < 0.3:
            yield Subheading(self._words(1, 4), self._next())

    def _item(self, number: int) -> Item:
        blocks = tuple(block for _ in range(self._chance.randint(1, 4)) for block in self._blocks())
        decided = Decision(
            self._chance.choice(("Beslut", None)),
            tuple(self._paragraph(4, 30) for _ in range(self._chance.randint(1, 3))),
            self._next(),
        )
        label = self._chance.choice((f"{number}.", f"§ {number}", ""))
        return Item(number, label, self._words(1, 9), 3, (*blocks, decided, self._paragraph()), self._next())

    def _blocks(self) -> Sequence[Block]:
        """One block, or several that belong together."""
        chance = self._chance
        match chance.randrange(10):
            case 0:
                label = str(self._next())
                marked = (Span(f"{self._words(2, 30)}"), Span(label, note=True), Span(f" {self._words(0, 30)}"))
                text = Paragraph(marked, self._next())
                note = Note(label, self._paragraph(2, 40), self._next())
                at_end = chance.random() < 0.4
                self._last_notes += [note] if at_end else []
                return (text,) if at_end else (text, note)
            case 1:
                address = chance.choice(
                    ("https://example.se/å b", "http://example.se", "mailto:kansli@example.se", "x:y")
                )
                link = Span(self._words(1, 25), link=address, strong=chance.random() < 0.3)
                return (Paragraph((Span("Se "), link, Span(f" {self._words(1, 20)}")), self._next()),)
            case 2:
                quoted = Span(self._words(1, 25), language=chance.choice(("en", "fi", "se")))
                apart = (Span(self._words(1, 5) + " "), quoted, Span(" " + self._words(1, 5)))
                return (Paragraph(chance.choice(((quoted,), apart)), self._next()),)
            case 3:
                image = png(chance.randint(1, 900), chance.randint(1, 500))
                decorative = chance.random() < 0.3
                return (Figure(image, "" if decorative else "Diagram över året", decorative, self._next()),)
            case 4:
                inner = Bullets(
                    tuple(ListEntry(self._paragraph(1, 9)) for _ in range(2)), ordered=False, line=self._next()
                )
                entries = (ListEntry(self._paragraph(1, 20), (inner,)), ListEntry(self._paragraph(1, 5)))
                return (Bullets(entries, ordered=False, line=self._next()),)
            case _:
                return (self._block(),)

    def _block(self) -> Block:
        match self._chance.randrange(6):
            case 0:
                entries = tuple(ListEntry(self._paragraph(1, 20)) for _ in range(self._chance.randint(1, 5)))
                return Bullets(entries, ordered=False, line=self._next())
            case 1:
                numbered = tuple(paragraph(f"{i}. {self._words(1, 20)}", self._next()) for i in range(1, 12))
                return Bullets(tuple(map(ListEntry, numbered)), ordered=True, line=self._next())
            case 2:
                return self._grid()
            case 3:
                return Subheading(self._words(1, 6), self._next())
            case _:
                return self._paragraph()

    def _grid(self) -> Grid:
        columns, rows = self._chance.randint(1, 4), self._chance.randint(1, 30)
        cells = [
            tuple(paragraph(self._words(0, 5), self._next()) for _ in range(self._chance.randint(1, columns)))
            for _ in range(rows)
        ]
        return Grid(tuple(cells), header=self._chance.random() < 0.7, line=self._next())
