"""The web copy and the extract: what they say, what they hide, what they carry; the same bytes each time."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, count

import pytest
from hypothesis import Phase, given, settings
from identity_writing import written
from published_minutes import AT, PRIVATE, filled, meeting, photograph
from pypdf import PdfReader

from signflow.errors import NotFoundError, RefusedError
from signflow.minutes.excerpt import excerpt
from signflow.minutes.identity_numbers import find_identity_numbers
from signflow.minutes.model import (
    Attendance,
    Decision,
    Fact,
    Figure,
    Item,
    ItemRange,
    Minutes,
    MinutesClass,
    Note,
    Paragraph,
    Person,
    Role,
    Signatory,
    SignOffEntry,
    Span,
)
from signflow.minutes.redaction import redacted
from signflow.minutes.words import words_of
from signflow.rendering.copies import Original
from signflow.rendering.extract import render_extract
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.reading import Node, read_structure
from signflow.rendering.web_copy import render_web_copy
from signflow.texts import LANGUAGES, Language, Texts

Catalogue = Mapping[Language, Texts]
DIGEST = "ab" * 32
ORIGINAL = Original("protokoll-12", 1, DIGEST)


def said(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        yield node.text
        yield from said(node.children)


def words_in(pdf: bytes) -> list[str]:
    return " ".join(said(read_structure(pdf))).split()


def inflated(pdf: bytes) -> bytes:
    """All bytes of the file, each stream that can be unpacked unpacked as well."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    unpacked = [pdf]
    for stream in streams:
        try:
            unpacked.append(zlib.decompress(stream))
        except zlib.error:
            unpacked.append(stream)
    return b"\n".join(unpacked)


def everything_said(pdf: bytes) -> str:
    """Page by page, by the structure, in bookmarks, names, annotations and metadata."""
    reader = PdfReader(io.BytesIO(pdf))
    outline = [
        entry["/Title"]
        for entry in chain.from_iterable(e if isinstance(e, list) else [e] for e in reader.outline)
        if not isinstance(entry, list)
    ]
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert reader.metadata is not None
    return "\n".join(
        [
            *(page.extract_text() for page in reader.pages),
            " ".join(words_in(pdf)),
            *map(str, outline),
            *(str(value) for value in reader.metadata.values()),
            xmp.stream.get_data().decode(),
            inflated(pdf).decode("latin-1"),
            inflated(pdf).decode("utf-16-be", "replace"),
        ]
    )


def photographs_in(pdf: bytes) -> int:
    """How many of the images, the logotype beside them, have the photograph's size."""
    images = (image.image for page in PdfReader(io.BytesIO(pdf)).pages for image in page.images)
    return sum(image is not None and image.size == (120, 60) for image in images)


def web(minutes: Minutes, style: HouseStyle, catalogue: Catalogue, original: Original = ORIGINAL) -> bytes:
    return render_web_copy(minutes, style, catalogue[minutes.language], original=original, at=AT)


def hiding(secret: str, number: str) -> Minutes:
    """Minutes in which each paragraph has a marked passage, and each text a number."""
    place = count()
    minutes = filled(lambda: f"ord{next(place)} {number} och ")
    marked = Paragraph((Span("synligt "), Span(secret, masked=True, strong=True), Span(" mer")), 13)
    item = minutes.items[0]
    note = Note("2", marked, 14)
    fact = Fact("Plats", marked, 4)
    blocks = (marked, note, Decision("Beslut", (marked,), 14), *item.blocks)
    return replace(
        minutes,
        place=f"synligt {secret}",
        front=(*minutes.front, fact),
        items=(replace(item, blocks=blocks), *minutes.items[1:]),
    )


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])  # to shrink a failure takes minutes
@given(written())
def test_nothing_hidden_is_anywhere_in_the_bytes(
    style: HouseStyle, catalogue: Catalogue, number: tuple[str, str]
) -> None:
    # letters that stand nowhere else, so that not even a glyph of them may be there
    minutes = hiding("Ŧuomas Ŋŋarga", number[1])
    organisation = replace(style, organisation=f"Kommunen {number[1]}")
    pdf = web(minutes, organisation, catalogue, Original(f"fil {number[1]}", 1))
    told = everything_said(pdf)
    assert "uomas" not in told
    for name in ("Ŧ", "Ŋ", "ŋ"):
        assert f"<{ord(name):04x}>" not in told.lower(), "the character is mapped in a font"
    assert number[1].strip() not in told
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert not find_identity_numbers(text.replace("\n", " "))
    assert number[0] not in re.sub(r"[^0-9]", "", text)
    assert PRIVATE not in told
    assert b"/Sig" not in inflated(pdf)


def test_the_image_of_a_web_copy_has_no_remarks(style: HouseStyle, catalogue: Catalogue) -> None:
    assert PRIVATE.encode() in photograph()
    pdf = web(meeting(), style, catalogue)
    assert PRIVATE.encode() not in inflated(pdf)
    assert photographs_in(pdf) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_web_copy_are_those_of_the_redacted_minutes(
    style: HouseStyle, catalogue: Catalogue, language: Language
) -> None:
    minutes = replace(hiding("Anna Ek", "811218-9876"), language=language)
    texts = catalogue[language]
    shown = redacted(minutes, texts("copies.mask"))
    told = words_in(web(minutes, style, catalogue))
    wanted = iter(told)
    missing = [word for word in words_of(shown.minutes) if not any(word == other for other in wanted)]
    assert missing == []
    begin = " ".join(told[:60])
    assert begin.startswith(texts("copies.web.what"))
    assert f"{shown.count} " in begin
    assert DIGEST in begin
    assert ORIGINAL.document_id in begin
    assert style.organisation in begin


@pytest.mark.parametrize(("marked", "key"), [(0, "none"), (1, "one"), (2, "many")])
def test_a_web_copy_says_how_much_is_masked(style: HouseStyle, catalogue: Catalogue, marked: int, key: str) -> None:
    spans = tuple(Span(f"x{at} ", masked=at % 2 == 0 and at < 2 * marked) for at in range(4))
    minutes = replace(meeting(), items=(Item(1, "1.", "Rubrik", 2, (Paragraph(spans, 11),), 10),))
    texts = catalogue["sv"]
    sentence = texts(f"copies.web.masked.{key}", count=marked, word=texts("copies.mask"))
    assert sentence in " ".join(words_in(web(minutes, style, catalogue)))


def test_without_a_digest_a_copy_says_who_keeps_the_original(style: HouseStyle, catalogue: Catalogue) -> None:
    told = " ".join(words_in(web(meeting(), style, catalogue, Original("prot", 1))))
    assert catalogue["sv"]("copies.original.kept", document="prot", organisation=style.organisation) in told
    assert "SHA-256" not in told


def test_the_same_arguments_are_the_same_bytes(style: HouseStyle, catalogue: Catalogue) -> None:
    minutes = meeting()
    assert web(minutes, style, catalogue) == web(minutes, style, catalogue)
    first = render_extract(minutes, 1, style, catalogue["sv"], original=ORIGINAL, at=AT)
    assert first == render_extract(minutes, 1, style, catalogue["sv"], original=ORIGINAL, at=AT)
    ids = {str(PdfReader(io.BytesIO(pdf)).trailer["/ID"]) for pdf in (first, web(minutes, style, catalogue))}
    assert len(ids) == 2


# the extract


def several(count_: int, minutes_class: MinutesClass = MinutesClass.PROTOCOL) -> Minutes:
    """Minutes whose items have words that no other item has."""
    items = tuple(
        Item(
            number,
            f"§ {number}",
            f"Rubrik{number}",
            2,
            (
                Paragraph((Span(f"text{number}a "), Span("x", note=True), Span(f" text{number}b")), number * 10),
                Decision("Beslut", (Paragraph((Span(f"beslut{number}"),), number * 10),), number * 10),
            ),
            number * 10,
        )
        for number in range(91, 91 + count_)
    )
    return replace(
        meeting(),
        minutes_class=minutes_class,
        front=(
            Fact("Tid", Paragraph((Span("2024-03-12"),), 4), 4),
            Fact("Plats", Paragraph((Span("Rådhuset"),), 5), 5),
            Fact("Paragrafer", Paragraph((Span("§§ 91–95"),), 5), 5),
            Fact("Tid och plats", Paragraph((Span("kl. 13 §§ 91–93"),), 5), 5),
            Fact("Dagordning", Paragraph((Span("Rubrik92, Rubrik93"),), 5), 5),
            Attendance("Beslutande", (Person("Karin Ek", "", "", "", 7),), absent=False, line=6),
            Paragraph((Span("Ingress om Rubrik92"),), 8),
        ),
        items=items,
        sign_off=(
            SignOffEntry("Vid protokollet", True, Role.SECRETARY, 1000),
            SignOffEntry("Anna Alm", False, Role.SECRETARY, 1001),
            SignOffEntry("Paragrafer 91–95", False, None, 1002),
            SignOffEntry("Justerat", True, Role.ADJUSTER, 1003),
            SignOffEntry("Bo Berg", False, Role.ADJUSTER, 1004),
            SignOffEntry("Cia Cederlund", False, Role.ADJUSTER, 1005),
        ),
        signatories=(
            Signatory("Anna Alm", Role.SECRETARY, 1001),
            Signatory("Bo Berg", Role.ADJUSTER, 1004, (ItemRange(91, 92), ItemRange(94, 99))),
            Signatory("Cia Cederlund", Role.ADJUSTER, 1005, (ItemRange(93, 93),)),
        ),
    )


@pytest.mark.parametrize("number", range(91, 96))
def test_an_extract_has_its_item_whole_and_nothing_of_others(
    style: HouseStyle, catalogue: Catalogue, number: int
) -> None:
    minutes = several(5)
    pdf = render_extract(minutes, number, style, catalogue["sv"], original=ORIGINAL, at=AT)
    told = everything_said(pdf)
    own = [f"Rubrik{number}", f"text{number}a", f"beslut{number}", "2024-03-12", "Rådhuset", DIGEST, "Anna Alm"]
    assert [word for word in own if word not in told] == []
    others = [f"{word}{n}" for n in range(91, 96) if n != number for word in ("Rubrik", "text", "beslut", "§ ")]
    assert [word for word in [*others, "Karin Ek", "Ingress", "Dagordning", "Paragrafer"] if word in told] == []
    assert ("Bo Berg" in told, "Cia Cederlund" in told) == (number != 93, number == 93)
    assert "/AcroForm" not in PdfReader(io.BytesIO(pdf)).root_object
    wanted = iter(words_in(pdf))
    assert [word for word in words_of(excerpt(minutes, number)) if not any(word == one for one in wanted)] == []


def test_an_extract_brings_the_notes_it_refers_to_and_leaves_those_of_others() -> None:
    minutes = several(3)
    first, second, third = minutes.items
    text = Paragraph((Span("se"), Span("y", note=True)), 921)
    notes = (Note("x", Paragraph((Span("not x"),), 935), 935), Note("y", Paragraph((Span("not y"),), 936), 936))
    notes = (*notes, Note("z", Paragraph((Span("ingens"),), 937), 937))
    quiet = replace(third, blocks=(Paragraph((Span("inget"),), 931), *notes))
    last = (Note("ö", Paragraph((Span("not ö"),), 990), 990), Note("å", Paragraph((Span("not å"),), 991), 991))
    quoting = Paragraph((Span("jfr"), Span("å", note=True)), 922)
    minutes = replace(minutes, items=(first, replace(second, blocks=(text, quoting)), quiet), notes=last)
    extracts = [excerpt(minutes, number) for number in (91, 92, 93)]
    labels = [[block.label for block in one.items[0].blocks if isinstance(block, Note)] for one in extracts]
    assert labels == [["x"], ["y", "å"], ["z"]]
    assert not any(one.notes for one in extracts)


@pytest.mark.parametrize("number", [0, -1, 90, 96, 10**30])
def test_an_item_that_is_not_there_is_told_with_those_that_are(number: int) -> None:
    with pytest.raises(NotFoundError) as raised:
        excerpt(several(5), number)
    assert raised.value.code == "item-unknown"
    assert raised.value.params["items"] == "91, 92, 93, 94, 95"


def test_a_number_that_stands_twice_is_refused() -> None:
    minutes = several(2)
    again = replace(minutes.items[1], number=91)
    with pytest.raises(RefusedError) as raised:
        excerpt(replace(minutes, items=(minutes.items[0], again)), 91)
    assert (raised.value.code, raised.value.params["lines"]) == ("item-ambiguous", "910, 920")


def test_items_without_numbers_are_known_by_their_place() -> None:
    minutes = several(3, MinutesClass.NOTES)
    bare = replace(minutes, items=tuple(replace(item, number=None, label="") for item in minutes.items))
    assert excerpt(bare, 2).items[0].title == "Rubrik92"
    with pytest.raises(NotFoundError):
        excerpt(bare, 4)


def test_figures_stay_in_both_copies(style: HouseStyle, catalogue: Catalogue) -> None:
    blocks = excerpt(meeting(), 1).items[0].blocks
    assert sum(isinstance(block, Figure) for block in blocks) == 1
    pdf = render_extract(meeting(), 1, style, catalogue["sv"], original=ORIGINAL, at=AT)
    assert photographs_in(pdf) == 1


def test_a_naive_instant_is_a_defect(style: HouseStyle, catalogue: Catalogue) -> None:
    naive = AT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="at"):
        render_web_copy(meeting(), style, catalogue["sv"], original=ORIGINAL, at=naive)
