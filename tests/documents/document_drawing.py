"""Documents made up from a seed: both classes, both languages, every feature, from half a page to fifteen pages.

What a draft must have to be accepted is in all of them, and nothing that a reader would call an error: days of the week
fit their dates, votes add up, who signs was there.
"""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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
from document_vocabulary import (
    BODIES,
    FOREIGN,
    LINKS,
    MONTHS,
    NAMES,
    ORGANISATIONS,
    PARTIES,
    PICTURES,
    RIGHT_TO_LEFT,
    RIGHT_TO_LEFT_NAMES,
    SENTENCES,
    SIGNS,
    TERMS,
    TITLES,
    WEEKDAYS,
)
from PIL import Image, ImageDraw

from signflow.minutes.model import MinutesClass
from signflow.texts import Language

_LENGTHS = (0, 1, 1, 2, 2, 3, 4, 14)  # items
_FIRST_NUMBERS = (1, 1, 12, 94, 201)


def drawn(seed: int, *, pictures: bool) -> Script:
    """The document of that seed; with pictures where its draft can hold them."""
    return _Drawing(random.Random(seed), seed, pictures=pictures).script()  # noqa: S311 - no secret, the same each time


@dataclass
class _Drawing:
    chance: random.Random
    seed: int
    pictures: bool
    notes: int = 0
    people: list[str] = field(default_factory=list[str])

    @property
    def protocol(self) -> bool:
        return self.seed % 2 == 1

    @property
    def language(self) -> Language:
        return "en" if self.seed // 2 % 2 else "sv"

    def script(self) -> Script:
        names = [*self.chance.sample(NAMES, self.chance.randint(5, 12))]
        if self.seed % 5 == 0:
            names[1:1] = self.chance.sample(RIGHT_TO_LEFT_NAMES, 2)
        self.people = names
        count = _LENGTHS[self.seed // 4 % len(_LENGTHS)]
        first = self.chance.choice(_FIRST_NUMBERS)
        blocks = [*self._front(), *self._items(first, count), *self._closing(first, first + max(count, 1) - 1)]
        return Script(
            self.seed,
            MinutesClass.PROTOCOL if self.protocol else MinutesClass.NOTES,
            self.language,
            tuple(blocks),
        )

    # Before the items

    def _front(self) -> Iterator[Block]:
        terms = TERMS[self.language]
        body = self.chance.choice(BODIES[self.language])
        held = dt.date(2019, 1, 7) + dt.timedelta(days=self.chance.randrange(2500))
        yield Heading(1, TITLES[self.language][self.protocol].format(body=body))
        yield Fact(terms["time"], (Piece(self._when(held)),))
        yield Fact(terms["place"], self._pieces(1, sentence=False))
        if self.chance.random() < 0.4:
            yield Fact(terms["case"], (Piece(f"KS {held.year}/{self.chance.randint(1, 9999):04}"),))
        chair, secretary, *others = self.people
        if self.protocol:
            rows = [(chair, self._party(), terms["chair"]), *((name, self._party(), "") for name in others)]
            yield self._listed("deciding", ("name", "party", "role"), rows)
            yield self._listed("others", ("name", "role"), [(secretary, terms["secretary"])])
            yield Fact(terms["appointed"], (Piece(others[0]),))
            yield Fact(terms["adjustment"], (Piece(self._when(held + dt.timedelta(days=6))),))
        else:
            rows = [(name, self.chance.choice(ORGANISATIONS), "") for name in others]
            rows.insert(1, (chair, self.chance.choice(ORGANISATIONS), terms["chair"]))
            rows.append((secretary, self.chance.choice(ORGANISATIONS), terms["secretary"]))
            yield self._listed("participants", ("name", "organisation", "role"), rows)
            absent = [name for name in NAMES if name not in self.people][: self.chance.randint(1, 4)]
            away = [(name, self.chance.choice(ORGANISATIONS)) for name in absent]
            yield self._listed("absent", ("name", "organisation"), away)

    def _listed(self, label: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> People:
        how = ("tabs", "table", "list")[self.seed % 3]
        return People(
            TERMS[self.language][label], how, tuple(TERMS[self.language][name] for name in columns), tuple(rows)
        )

    def _party(self) -> str:
        return self.chance.choice(PARTIES)

    def _when(self, day: dt.date) -> str:
        weekday, month = WEEKDAYS[self.language][day.weekday()], MONTHS[self.language][day.month - 1]
        begin = self.chance.randint(8, 14)
        if self.language == "en":
            return f"{weekday} {day.day} {month} {day.year}, {begin}.15–{begin + 2}.00"
        return f"{weekday} den {day.day} {month} {day.year} kl. {begin}.15–{begin + 2}.00"

    # The items

    def _items(self, first: int, count: int) -> Iterator[Block]:
        style = self.chance.choice(("§ {0}", "{0}.", "{0}.")) if not self.protocol else "§ {0}"
        for number in range(first, first + max(count, 1)):
            yield Heading(2, self._phrase(), style.format(number))
            if count == 0:
                yield Text(self._pieces(1))
            else:
                yield from self._item()
            if self.protocol:
                yield from self._recorded()

    def _item(self) -> Iterator[Block]:
        yield from self._paragraph()
        parts = [
            self._paragraph,
            self._listing,
            self._table,
            self._subheading,
            self._picture if self.pictures else self._paragraph,
        ]
        for part in self.chance.sample(parts, self.chance.randint(1, 4)):
            yield from part()
        yield from self._decision()

    def _paragraph(self) -> Iterator[Block]:
        pieces = self._pieces(self.chance.randint(1, 7))
        if self.chance.random() < 0.2:
            self.notes += 1
            label = str(self.notes)
            yield Text((*pieces, Piece(label, note=True)))
            yield Footnote(label, self._pieces(1, plain=True))
        else:
            yield Text(pieces)

    def _listing(self) -> Iterator[Block]:
        ordered = self.chance.random() < 0.5
        yield Listing(
            tuple(
                Entry(
                    self._pieces(1, plain=self.chance.random() < 0.7),
                    self._inner() if self.chance.random() < 0.3 else None,
                )
                for _ in range(self.chance.randint(2, 6))
            ),
            ordered,
        )

    def _inner(self) -> Listing:
        return Listing(
            tuple(Entry((Piece(self._phrase()),)) for _ in range(self.chance.randint(1, 4))),
            ordered=self.chance.random() < 0.3,
        )

    def _table(self) -> Iterator[Block]:
        columns = self.chance.randint(2, 5)
        head = tuple(self._phrase().split()[0] + f" {n}" for n in range(1, columns + 1))
        rows = [
            (self._phrase(), *(self._cell() for _ in range(columns - 1)))
            for _ in range(self.chance.choice((1, 3, 6, 12, 45)))
        ]
        yield Table((head, *rows))

    def _cell(self) -> str:
        amount = self.chance.randint(1, 9_999_999)
        return self.chance.choice((f"{amount:,}".replace(",", "\u00a0"), f"{amount % 100} %", self._phrase(), "./."))

    def _subheading(self) -> Iterator[Block]:
        yield Heading(3, self._phrase())
        yield from self._paragraph()

    def _picture(self) -> Iterator[Block]:
        alternative = self.chance.choice([*PICTURES[self.language], ""])
        yield Picture(_image(self.chance), alternative, self.chance.choice((60.0, 200.0, 420.0)))

    def _decision(self) -> Iterator[Block]:
        terms = TERMS[self.language]
        sentences = [self._pieces(1, plain=self.chance.random() < 0.8) for _ in range(self.chance.randint(1, 3))]
        lead = Piece(terms["that"] + " ")
        clauses = [(lead, Piece(pieces[0].text[0].lower() + pieces[0].text[1:]), *pieces[1:]) for pieces in sentences]
        yield Heading(3, terms["decision"])
        yield from (Text(pieces) for pieces in clauses)

    def _recorded(self) -> Iterator[Block]:
        """What minutes of a municipal body record of each matter."""
        terms = TERMS[self.language]
        members = [self.people[0], *self.people[2:]]
        mover = self.chance.choice(members)
        yield Heading(3, terms["motions"])
        yield Text((Piece(terms["moves"].format(name=mover)),))
        if self.chance.random() < 0.3:
            against = self.chance.randint(1, (len(members) - 1) // 2)
            yield Heading(3, terms["vote"])
            yield Text((Piece(terms["votes"].format(ayes=len(members) - against, noes=against)),))
        yield Heading(3, terms["dissents"])
        yield Text((Piece(terms["none"]),))
        yield Heading(3, terms["conflicts"])
        yield Text((Piece(terms["none"]),))

    # After the items

    def _closing(self, first: int, last: int) -> Iterator[Block]:
        terms = TERMS[self.language]
        chair, secretary, adjuster, *_ = self.people
        labels = SIGNS[self.language][self.protocol]
        if not self.protocol:
            yield Closing((*labels, secretary, adjuster))
            return
        covered = terms["items"].format(first=first, last=last) if first < last else f"§ {first}"
        signing = zip(labels, (secretary, chair, adjuster), strict=True)
        yield Closing(tuple(line for label, name in signing for line in (label, name, covered)))
        if self.seed // 8 % 2:
            yield Heading(2, terms["notice"])
            yield Fact(terms["body"], (Piece(self.chance.choice(BODIES[self.language])),))
            yield Fact(terms["posted"], (Piece("2024-03-14"),))
            yield Fact(terms["taken_down"], (Piece("2024-04-05"),))
            yield Fact(terms["kept"], self._pieces(1, plain=True))

    # Words

    def _phrase(self) -> str:
        """A few words without a full stop."""
        words = self.chance.choice(SENTENCES[self.language]).rstrip(".").split()
        start = self.chance.randrange(max(1, len(words) - 4))
        phrase = " ".join(words[start : start + self.chance.randint(2, 5)]).strip("(),;:–-” ")
        return phrase[0].upper() + phrase[1:]

    def _pieces(self, sentences: int, *, sentence: bool = True, plain: bool = False) -> Pieces:
        if not sentence:
            return (Piece(self._phrase()),)
        texts = self.chance.choices(SENTENCES[self.language], k=sentences)
        pieces: list[Piece] = []
        for text in texts:
            pieces += [Piece(" ")] if pieces else []
            pieces += [Piece(text)] if plain else self._styled(text)
        return tuple(pieces)

    def _styled(self, text: str) -> list[Piece]:
        roll = self.chance.random()
        words = text.split(" ")
        at = self.chance.randrange(len(words))
        before, word, after = " ".join([*words[:at], ""]), words[at], " ".join(["", *words[at + 1 :]])
        if roll < 0.06 and word.isalpha():
            return [Piece(before), Piece(word, strong=True), Piece(after)] if before else [Piece(text)]
        if roll < 0.12 and word.isalpha():
            return [Piece(before), Piece(word, emphasis=True), Piece(after)] if before else [Piece(text)]
        if roll < 0.15 and word.isalpha() and before:
            return [Piece(before), Piece(word, masked=True), Piece(after)]
        if roll < 0.20:
            words_, address = self.chance.choice(LINKS)
            return [Piece(text + " "), Piece(words_, link=address), Piece(".")]
        if roll < 0.27:
            language, passage = self.chance.choice((*FOREIGN, *RIGHT_TO_LEFT) if self.seed % 5 == 0 else FOREIGN)
            return [Piece(text + " "), Piece(passage, language=language), Piece(f" {TERMS[self.language]['guests']}")]
        return [Piece(text)]


def _image(chance: random.Random) -> bytes:
    """A small chart, as one of the kinds of image that people paste."""
    mode, kind = chance.choice(
        (("RGB", "JPEG"), ("L", "JPEG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("LA", "PNG"))
    )
    drawing = Image.new("RGB", (chance.randint(60, 400), chance.randint(40, 300)), "white")
    pen = ImageDraw.Draw(drawing)
    for bar in range(5):
        height = chance.randint(10, drawing.height)
        colour = tuple(chance.randrange(256) for _ in range(3))
        pen.rectangle(
            (bar * drawing.width // 5, drawing.height - height, (bar + 1) * drawing.width // 5 - 2, drawing.height),
            fill=colour,
        )
    file = io.BytesIO()
    drawing.convert(mode).save(file, kind)
    return file.getvalue()
