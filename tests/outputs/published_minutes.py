"""Minutes with every kind of part, whose every text the test chooses."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from functools import cache

from PIL import Image

from signflow.minutes.model import (
    Attendance,
    Bullets,
    Decision,
    Fact,
    Figure,
    Grid,
    Item,
    ItemRange,
    ListEntry,
    Minutes,
    MinutesClass,
    Note,
    Notice,
    Paragraph,
    Person,
    Role,
    Signatory,
    SignOffEntry,
    Span,
    Subheading,
)
from signflow.texts import Language

AT = dt.datetime(2024, 3, 20, 9, 0, tzinfo=dt.UTC)
PRIVATE = "Fotograf Ŧuomas"  # stands beside the pixels in the file of the image, and nowhere else


@cache
def photograph() -> bytes:
    """A JPEG with a remark of the camera's."""
    image = Image.linear_gradient("L").resize((120, 60)).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = PRIVATE
    packed = io.BytesIO()
    image.save(packed, "JPEG", exif=exif, comment=PRIVATE.encode())
    return packed.getvalue()


def filled(text: Callable[[], str], language: Language = "sv") -> Minutes:
    """Minutes in which each text is another call's answer."""

    def paragraph(line: int) -> Paragraph:
        return Paragraph((Span(text()), Span(text(), strong=True), Span(text(), emphasis=True)), line)

    grid = Grid(((paragraph(20), paragraph(20)), (paragraph(21), paragraph(21), paragraph(21))), header=True, line=20)
    linked = Paragraph((Span(text(), link="https://example.org/a"), Span(text(), language="ar")), 15)
    referring = Paragraph((Span(text()), Span("1", note=True)), 16)
    last = Paragraph((Span(text()), Span("2", note=True)), 26)
    return Minutes(
        minutes_class=MinutesClass.PROTOCOL,
        language=language,
        title=text(),
        title_line=3,
        body=text(),
        date=dt.date(2024, 3, 12),
        start=dt.time(13),
        end=None,
        place=text(),
        front=(
            Subheading(text(), 1),
            Fact("Tid", paragraph(4), 4),
            Fact(text(), paragraph(5), 5),
            Attendance(
                text(), (Person(text(), text(), text(), text(), 7, text()), Person(text(), "", "", "", 8)), False, 6
            ),
            Attendance(text(), (Person(text(), "", "", "", 9),), True, 9),
            paragraph(10),
        ),
        items=(
            Item(
                1,
                "§ 1",
                text(),
                2,
                (
                    paragraph(13),
                    Bullets(
                        (ListEntry(paragraph(14), (Bullets((ListEntry(paragraph(14)),), ordered=True, line=14),)),),
                        ordered=False,
                        line=14,
                    ),
                    linked,
                    referring,
                    Note("1", paragraph(17), 17),
                    Figure(photograph(), text(), decorative=False, line=18),
                    Subheading(text(), 19),
                    grid,
                    Decision(text(), (paragraph(22), paragraph(23)), 22),
                ),
                12,
            ),
            Item(2, "§ 2", text(), 2, (Decision(None, (paragraph(25),), 25), last), 24),
        ),
        sign_off=(
            SignOffEntry("Vid protokollet", True, Role.SECRETARY, 30),
            SignOffEntry(text(), False, Role.SECRETARY, 31),
            SignOffEntry("Justerat", True, Role.ADJUSTER, 32),
            SignOffEntry(text(), False, Role.ADJUSTER, 33),
        ),
        signatories=(
            Signatory(text(), Role.SECRETARY, 31),
            Signatory(text(), Role.ADJUSTER, 33, (ItemRange(1, 2),)),
        ),
        chair=text(),
        notice=Notice(text(), (Fact(text(), paragraph(36), 36), paragraph(37)), 35),
        notes=(Note("2", paragraph(38), 38),),
    )


def meeting(language: Language = "sv") -> Minutes:
    """Minutes with words of their own in every place."""
    count = iter(range(10_000))
    return filled(lambda: f"ord{next(count)} och", language)
